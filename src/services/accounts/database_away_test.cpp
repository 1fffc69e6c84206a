// Who gets in, and stays in, while the database is away.
#include <gtest/gtest.h>

#include "adapters/memory_stores/memory_sign_out_spool.h"
#include "adapters/system/sodium_sealer.h"
#include "harness/account_world.h"
#include "harness/away_account_store.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

class DatabaseAwayTest : public testing::Test {
protected:
    std::unique_ptr<AccountService> node(SignOutSpool* spool = nullptr) {
        return std::make_unique<AccountService>(
            AccountService::Powers{store_, world_.room_store, world_.hasher, world_.audit,
                                   world_.bus, world_.clock, world_.random, &sealer_, spool},
            AccountService::Options(), world_.context.get_executor());
    }
    static Result<Principal> who(AccountService& service, const std::string& token) {
        return run_to_end(service.principal_of(token));
    }
    static ErrorCode refusal(AccountService& service, const std::string& token) {
        return who(service, token).error().code;
    }
    AccountService::SignedIn guest(AccountService& service) {
        return run_to_end(service.guest("Bo")).value();
    }
    void come_back() {
        store_.away = false;
        world_.clock.advance(6s);
    }

    AccountWorld world_;
    AwayAccountStore store_{world_.store};
    SodiumSealer sealer_{{}, world_.random};
    std::unique_ptr<AccountService> a_ = node();
    std::unique_ptr<AccountService> b_ = node();
};

TEST_F(DatabaseAwayTest, WhoWasSeenWithinTheLastHourStaysSignedIn) {
    const auto known = world_.register_as("alice");
    const auto unknown = world_.register_as("bobby");
    ASSERT_TRUE(who(*a_, known->token));
    store_.away = true;
    world_.clock.advance(1h);
    EXPECT_EQ(who(*a_, known->token)->user, known->account.id);
    EXPECT_EQ(refusal(*a_, unknown->token), ErrorCode::Unavailable);
    const auto account = run_to_end(a_->own_account(who(*a_, known->token).value()));
    ASSERT_TRUE(account);
    EXPECT_EQ(account->username, "alice");
    EXPECT_TRUE(account->admin);
    EXPECT_TRUE(account->password_hash.empty());
    world_.clock.advance(1s);
    EXPECT_EQ(refusal(*a_, known->token), ErrorCode::Unavailable) << "but not for ever";
    come_back();
    EXPECT_TRUE(who(*a_, known->token));
}

TEST_F(DatabaseAwayTest, ASessionThatEndedElsewhereIsNotBelieved) {
    const auto known = world_.register_as("alice");
    ASSERT_TRUE(who(*a_, known->token));
    ASSERT_TRUE(who(*b_, known->token));
    ASSERT_TRUE(run_to_end(b_->logout(who(*b_, known->token).value(), "192.0.2.1")));
    store_.away = true;
    world_.deliver();
    EXPECT_FALSE(who(*a_, known->token));
    EXPECT_FALSE(who(*b_, known->token));
}

TEST_F(DatabaseAwayTest, WhoSignsOutMeanwhileIsToldToTryAgainAndIsOutEverywhere) {
    const auto known = world_.register_as("alice");
    const Principal alice = who(*a_, known->token).value();
    ASSERT_TRUE(who(*b_, known->token));
    store_.away = true;
    EXPECT_EQ(run_to_end(a_->logout(alice, "192.0.2.1")).error().code, ErrorCode::Unavailable);
    world_.deliver();
    EXPECT_FALSE(who(*a_, known->token));
    EXPECT_FALSE(who(*b_, known->token));
}

TEST_F(DatabaseAwayTest, AGuestComesInAndIsKnownToEveryNode) {
    store_.away = true;
    const auto bo = guest(*a_);
    for (AccountService* each : {a_.get(), b_.get()}) {
        const auto principal = who(*each, bo.token);
        ASSERT_TRUE(principal);
        EXPECT_EQ(principal->user, bo.account.id);
        EXPECT_EQ(principal->display_name, "Bo");
        EXPECT_TRUE(principal->is_guest());
        EXPECT_FALSE(principal->admin);
    }
    EXPECT_EQ(run_to_end(a_->own_account(who(*a_, bo.token).value()))->display_name, "Bo");
    EXPECT_EQ(run_to_end(a_->guest("")).error().code, ErrorCode::InvalidInput);
}

TEST_F(DatabaseAwayTest, AGuestBecomesAnAccountWhenTheDatabaseIsBack) {
    store_.away = true;
    const auto bo = guest(*a_);
    const auto cy = guest(*a_);
    ASSERT_TRUE(who(*b_, bo.token));
    run_to_end(a_->write_stand_ins());
    come_back();
    run_to_end(a_->write_stand_ins());
    run_to_end(b_->write_stand_ins());
    EXPECT_EQ(run_to_end(world_.store.find(bo.account.id))->display_name, "Bo");
    world_.clock.advance(2h);
    EXPECT_TRUE(who(*b_, bo.token)) << "as any other session";
    EXPECT_TRUE(who(*a_, cy.token));
    const std::string stored = world_.everything_stored();
    EXPECT_EQ(stored.find(bo.token), std::string::npos) << "the hash alone is kept";
}

TEST_F(DatabaseAwayTest, AGuestWhoLeftDoesNotComeBackByTheirToken) {
    store_.away = true;
    const auto bo = guest(*a_);
    const auto cy = guest(*a_);
    EXPECT_EQ(run_to_end(a_->logout(who(*a_, cy.token).value(), "192.0.2.1")).error().code,
              ErrorCode::Unavailable);
    world_.deliver();
    EXPECT_EQ(refusal(*b_, cy.token), ErrorCode::Unauthenticated);
    come_back();
    ASSERT_TRUE(run_to_end(a_->logout(who(*a_, bo.token).value(), "192.0.2.1")));
    const auto fresh = node();
    EXPECT_EQ(refusal(*fresh, bo.token), ErrorCode::Unauthenticated) << "they have an account";
    world_.clock.advance(61min);
    ASSERT_TRUE(run_to_end(a_->tidy()));
    EXPECT_EQ(refusal(*fresh, bo.token), ErrorCode::Unauthenticated) << "too old to get one anew";
}

TEST_F(DatabaseAwayTest, ATokenThatNobodySealedIsNone) {
    store_.away = true;
    const auto bo = guest(*a_);
    std::string changed = bo.token;
    changed[20] = changed[20] == 'A' ? 'B' : 'A';
    EXPECT_EQ(refusal(*a_, changed), ErrorCode::Unauthenticated);
    EXPECT_EQ(refusal(*a_, std::string(100, 'A')), ErrorCode::Unauthenticated);
    EXPECT_EQ(refusal(*a_, std::string(5000, 'A')), ErrorCode::Unauthenticated);
    world_.clock.advance(61min);
    EXPECT_FALSE(who(*a_, bo.token)) << "alone it is good for an hour";
}

TEST_F(DatabaseAwayTest, ASignOutMeanwhileHoldsAtOnceAndEndsTheSessionAfterwards) {
    MemorySignOutSpool spool;
    a_ = node(&spool);
    const auto alice = world_.register_as("alice");
    const Principal known = who(*a_, alice->token).value();
    ASSERT_TRUE(who(*b_, alice->token));
    store_.away = true;
    EXPECT_TRUE(run_to_end(a_->logout(known, "192.0.2.1")));
    world_.deliver();
    EXPECT_FALSE(who(*a_, alice->token));
    EXPECT_FALSE(who(*b_, alice->token));
    run_to_end(a_->end_signed_out());
    EXPECT_EQ(spool.waiting().size(), 1U) << "it is still away";
    // The database is back before anybody told it; the node was killed meanwhile.
    a_ = node(&spool);
    come_back();
    EXPECT_EQ(refusal(*a_, alice->token), ErrorCode::Unauthenticated);
    EXPECT_EQ(refusal(*b_, alice->token), ErrorCode::Unauthenticated);
    run_to_end(a_->end_signed_out());
    EXPECT_TRUE(spool.waiting().empty());
    EXPECT_EQ(refusal(*node(), alice->token), ErrorCode::Unauthenticated) << "a new node";
}

TEST_F(DatabaseAwayTest, ASignOutThatIsDurableNowhereIsRefused) {
    MemorySignOutSpool full(0);
    a_ = node(&full);
    const auto alice = world_.register_as("alice");
    const Principal known = who(*a_, alice->token).value();
    store_.away = true;
    EXPECT_EQ(run_to_end(a_->logout(known, "192.0.2.1")).error().code, ErrorCode::Unavailable);
    EXPECT_FALSE(who(*a_, alice->token)) << "until it is asked again";
}

}  // namespace
}  // namespace syncwatch
