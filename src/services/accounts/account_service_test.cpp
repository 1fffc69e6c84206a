#include "services/accounts/account_service.h"

#include <gtest/gtest.h>

#include "harness/account_world.h"
#include "ports/topics.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> fields(const Error& error) {
    std::vector<std::string> out;
    for (const auto& each : error.fields) out.push_back(each.field);
    return out;
}

class AccountServiceTest : public testing::Test {
protected:
    AccountWorld world_;
};

TEST_F(AccountServiceTest, TheFirstAccountIsTheAdminsAndTheNextIsNot) {
    const auto first = world_.register_as("alice");
    const auto second = world_.register_as("bobby");
    ASSERT_TRUE(first && second);
    EXPECT_TRUE(first->account.admin);
    EXPECT_FALSE(second->account.admin);
    EXPECT_EQ(first->account.display_name, "alice");
    EXPECT_TRUE(world_.who(first->token)->admin);
    EXPECT_EQ(world_.who(second->token)->user, second->account.id);
}

TEST_F(AccountServiceTest, EveryWrongFieldOfARegistrationIsNamedAtOnce) {
    AccountService::NewAccount wanted;
    wanted.username = "a";
    wanted.password = "short";
    wanted.display_name = "\n\n";
    const auto refused = run_to_end(world_.service->register_account(wanted, "192.0.2.1"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(fields(refused.error()),
              (std::vector<std::string>{"username", "password", "display_name"}));
}

TEST_F(AccountServiceTest, ANameIsTakenWhateverItsCase) {
    ASSERT_TRUE(world_.register_as("alice"));
    const auto again = world_.register_as("ALICE");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().reason, "username_taken");
}

TEST_F(AccountServiceTest, SignInTakesTheRightPasswordAlone) {
    ASSERT_TRUE(world_.register_as("alice", "correct horse"));
    EXPECT_TRUE(world_.login("Alice", "correct horse"));
    for (const auto& [name, password] :
         {std::pair("alice", "correct horsf"), std::pair("nobody", "correct horse"),
          std::pair("", ""), std::pair("alice", "")}) {
        const auto refused = world_.login(name, password);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::Unauthenticated);
        EXPECT_EQ(refused.error().reason, "wrong_credentials") << "says not which was wrong";
    }
}

TEST_F(AccountServiceTest, NoTokenAndNoPasswordIsStored) {
    const auto alice = world_.register_as("alice", "correct horse");
    const auto invited = run_to_end(world_.service->invite(*world_.who(alice->token)));
    ASSERT_TRUE(invited);
    ASSERT_FALSE(world_.login("correct horse battery", "x"));  // a password in the wrong field
    const std::string stored = world_.everything_stored();
    EXPECT_EQ(stored.find(alice->token), std::string::npos);
    EXPECT_EQ(stored.find(invited->token), std::string::npos);
    EXPECT_EQ(stored.find("correct horse"), std::string::npos);
    EXPECT_NE(stored.find("$argon2id$"), std::string::npos);
}

TEST_F(AccountServiceTest, FiveWrongPasswordsLockTheAccountForThatAddressAndNoOther) {
    ASSERT_TRUE(world_.register_as("alice"));
    for (int i = 0; i < 5; ++i) ASSERT_FALSE(world_.login("alice", "wrong"));
    const auto locked = world_.login("alice", "correct horse");
    ASSERT_FALSE(locked);
    EXPECT_EQ(locked.error().reason, "locked_out");
    EXPECT_EQ(locked.error().retry_after, 60s);
    EXPECT_TRUE(world_.login("alice", "correct horse", "198.51.100.9"));
    world_.clock.advance(60s);
    EXPECT_TRUE(world_.login("alice", "correct horse"));
}

TEST_F(AccountServiceTest, OneAddressCannotTryManyAccounts) {
    for (int i = 0; i < 50; ++i) {
        ASSERT_EQ(world_.login("user" + std::to_string(i), "password1", "2001:db8::1").error().code,
                  ErrorCode::Unauthenticated);
    }
    EXPECT_EQ(world_.login("other", "password1", "2001:db8::2").error().reason, "locked_out")
        << "the same /64 is the same household";
    EXPECT_EQ(world_.login("other", "password1", "2001:db8:1::1").error().code,
              ErrorCode::Unauthenticated);
}

TEST_F(AccountServiceTest, ManyAddressesCannotTryOneAccountForEver) {
    ASSERT_TRUE(world_.register_as("alice"));
    for (int i = 0; i < 100; ++i) {
        ASSERT_FALSE(world_.login("alice", "wrong", "192.0.2." + std::to_string(i)));
    }
    EXPECT_EQ(world_.login("alice", "wrong", "198.51.100.1").error().reason, "locked_out");
}

TEST_F(AccountServiceTest, AGuestHasANameAndNoMore) {
    const auto guest = run_to_end(world_.service->guest("  Bo 🔥 "));
    ASSERT_TRUE(guest);
    EXPECT_EQ(guest->account.display_name, "Bo 🔥");
    const auto who = world_.who(guest->token);
    ASSERT_TRUE(who);
    EXPECT_TRUE(who->is_guest());
    EXPECT_FALSE(who->admin);
    EXPECT_EQ(run_to_end(world_.service->guest("\u202e")).error().fields.at(0).field,
              "display_name");
    EXPECT_TRUE(run_to_end(world_.service->setup_state())->needs_first_account)
        << "a guest is not the first account";
}

TEST_F(AccountServiceTest, ALoggedOutTokenIsDeadAtOnceHereAndOnTheOtherNode) {
    AccountService other(world_.powers(), {}, world_.context.get_executor());
    const auto alice = world_.register_as("alice");
    const auto heard = world_.listen(topics::kSessionEnded);
    const auto who = world_.who(alice->token);
    ASSERT_TRUE(who);
    ASSERT_TRUE(run_to_end(other.principal_of(alice->token)));  // now both remember it
    ASSERT_TRUE(run_to_end(world_.service->logout(*who, "192.0.2.1")));
    EXPECT_EQ(world_.who(alice->token).error().code, ErrorCode::Unauthenticated);
    world_.deliver();
    EXPECT_EQ(run_to_end(other.principal_of(alice->token)).error().code,
              ErrorCode::Unauthenticated);
    EXPECT_EQ(heard->payloads, std::vector<std::string>{who->session.text()});
}

TEST_F(AccountServiceTest, WhatIsNoTokenIsNobody) {
    ASSERT_TRUE(world_.register_as("alice"));
    for (const std::string& token : {std::string(), std::string("x"), std::string(43, 'A'),
                                     std::string(43, '\0'), std::string(1'000'000, 'x')}) {
        EXPECT_EQ(world_.who(token).error().code, ErrorCode::Unauthenticated);
    }
}

TEST_F(AccountServiceTest, ASessionLivesThirtyDaysFromItsLastUse) {
    const auto alice = world_.register_as("alice");
    for (int i = 0; i < 4; ++i) {
        world_.clock.advance(20 * 24h);
        ASSERT_TRUE(world_.who(alice->token)) << "day " << (i + 1) * 20;
    }
    world_.clock.advance(30 * 24h);
    EXPECT_FALSE(world_.who(alice->token));
}

TEST_F(AccountServiceTest, ANewPasswordNeedsTheOldOneAndEndsTheOtherSessions) {
    const auto here = world_.register_as("alice", "correct horse");
    const auto there = world_.login("alice", "correct horse");
    ASSERT_TRUE(world_.who(there->token));
    AccountService::ProfileChange change;
    change.password = "battery staple";
    auto refused =
        run_to_end(world_.service->change(*world_.who(here->token), change, "192.0.2.1"));
    EXPECT_EQ(refused.error().reason, "wrong_password");
    change.current_password = "correct horse";
    ASSERT_TRUE(run_to_end(world_.service->change(*world_.who(here->token), change, "192.0.2.1")));
    EXPECT_TRUE(world_.who(here->token));
    EXPECT_FALSE(world_.who(there->token));
    EXPECT_FALSE(world_.login("alice", "correct horse"));
    EXPECT_TRUE(world_.login("alice", "battery staple"));
}

TEST_F(AccountServiceTest, ANewNameIsSeenAtOnce) {
    const auto alice = world_.register_as("alice");
    AccountService::ProfileChange change;
    change.display_name = " Alice A. ";
    ASSERT_TRUE(run_to_end(world_.service->change(*world_.who(alice->token), change, "")));
    EXPECT_EQ(world_.who(alice->token)->display_name, "Alice A.");
}

TEST_F(AccountServiceTest, AGuestCannotHaveAPassword) {
    const auto guest = run_to_end(world_.service->guest("Bo"));
    AccountService::ProfileChange change;
    change.password = "battery staple";
    change.current_password = "";
    const auto refused = run_to_end(world_.service->change(*world_.who(guest->token), change, ""));
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidInput);
}

TEST_F(AccountServiceTest, DeletingAnAccountTakesWhatIsItsOwnAndSaysSo) {
    const auto alice = world_.register_as("alice");
    const auto elsewhere = world_.login("alice", "correct horse");
    Room room;
    room.owner = alice->account.id;
    ASSERT_TRUE(run_to_end(world_.room_store.add(room)));
    const auto deleted = world_.listen(topics::kAccountDeleted);
    const auto in_room = world_.listen(topics::room(room.code));
    ASSERT_TRUE(run_to_end(world_.service->remove(*world_.who(alice->token), "192.0.2.1")));
    world_.deliver();
    EXPECT_FALSE(world_.who(alice->token));
    EXPECT_FALSE(world_.who(elsewhere->token));
    EXPECT_FALSE(run_to_end(world_.room_store.find(room.code)));
    EXPECT_EQ(deleted->payloads, std::vector<std::string>{alice->account.id.text()});
    EXPECT_EQ(in_room->payloads, std::vector<std::string>{"deleted"});
    EXPECT_FALSE(world_.login("alice", "correct horse"));
    EXPECT_TRUE(world_.register_as("alice")) << "the name is free again";
}

TEST_F(AccountServiceTest, OffLoopbackTheFirstAccountNeedsTheTokenThatTheStartPrinted) {
    AccountService::Options options;
    options.setup_token_required = true;
    world_.restart(options);
    const auto older = run_to_end(world_.service->setup_token_if_needed());
    const auto token = run_to_end(world_.service->setup_token_if_needed());
    ASSERT_TRUE(token && *token);
    AccountService::NewAccount wanted;
    wanted.username = "alice";
    wanted.password = "correct horse";
    for (const std::string& wrong : {std::string(), std::string("x"), **older}) {
        wanted.setup_token = wrong;
        const auto refused = run_to_end(world_.service->register_account(wanted, ""));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().reason, "setup_token_required");
    }
    wanted.setup_token = **token;
    const auto first = run_to_end(world_.service->register_account(wanted, ""));
    ASSERT_TRUE(first);
    EXPECT_TRUE(first->account.admin);
    EXPECT_EQ(run_to_end(world_.service->setup_token_if_needed()).value(), std::nullopt);
    EXPECT_TRUE(world_.register_as("bobby")) << "only the first needs it";
}

TEST_F(AccountServiceTest, ByInvitationEveryAccountNeedsOneOfItsOwn) {
    AccountService::Options options;
    options.sign_up = SignUp::Invitation;
    world_.restart(options);
    const auto admin = world_.register_as("alice");
    ASSERT_TRUE(admin) << "the first account needs no invitation";
    EXPECT_EQ(world_.register_as("bobby").error().reason, "invitation_required");
    const auto invited = run_to_end(world_.service->invite(*world_.who(admin->token)));
    ASSERT_TRUE(invited);
    AccountService::NewAccount wanted;
    wanted.username = "bobby";
    wanted.password = "correct horse";
    wanted.invitation = invited->token;
    const auto bobby = run_to_end(world_.service->register_account(wanted, ""));
    ASSERT_TRUE(bobby);
    EXPECT_FALSE(bobby->account.admin);
    wanted.username = "carol";
    EXPECT_EQ(run_to_end(world_.service->register_account(wanted, "")).error().reason,
              "invitation_required");
    EXPECT_EQ(run_to_end(world_.service->invite(*world_.who(bobby->token))).error().code,
              ErrorCode::Forbidden);
    const auto late = run_to_end(world_.service->invite(*world_.who(admin->token)));
    world_.clock.advance(7 * 24h);
    wanted.invitation = late->token;
    EXPECT_FALSE(run_to_end(world_.service->register_account(wanted, "")));
}

TEST_F(AccountServiceTest, ClosedMeansNobodyAfterTheFirst) {
    AccountService::Options options;
    options.sign_up = SignUp::Closed;
    world_.restart(options);
    ASSERT_TRUE(world_.register_as("alice"));
    EXPECT_EQ(world_.register_as("bobby").error().reason, "signup_closed");
    EXPECT_TRUE(run_to_end(world_.service->guest("Bo"))) << "guests need no account";
}

TEST_F(AccountServiceTest, WhatMattersIsAudited) {
    const auto alice = world_.register_as("alice");
    const std::string id = alice->account.id.text();
    ASSERT_FALSE(world_.login("alice", "wrong password"));
    ASSERT_FALSE(world_.login("no such user", "wrong password"));
    const auto session = world_.login("alice", "correct horse");
    ASSERT_TRUE(run_to_end(world_.service->logout(*world_.who(session->token), "")));
    ASSERT_TRUE(run_to_end(world_.service->remove(*world_.who(alice->token), "")));
    EXPECT_EQ(world_.audited(),
              (std::vector<std::string>{"account.created " + id, "session.refused " + id,
                                        "session.refused ", "session.started " + id,
                                        "session.ended " + id, "account.deleted " + id}));
}

TEST_F(AccountServiceTest, TidyRemovesGuestsWhoseSessionEndedLongAgo) {
    const auto guest = run_to_end(world_.service->guest("Bo"));
    ASSERT_TRUE(run_to_end(world_.service->tidy()));
    EXPECT_TRUE(run_to_end(world_.service->account(guest->account.id)));
    world_.clock.advance(31 * 24h);
    ASSERT_TRUE(run_to_end(world_.service->tidy()));
    EXPECT_FALSE(run_to_end(world_.service->account(guest->account.id)));
}

}  // namespace
}  // namespace syncwatch
