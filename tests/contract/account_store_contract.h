#pragma once
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/async/run_to_end.h"
#include "harness/seeded_random.h"
#include "ports/account_store.h"

namespace syncwatch {

/// What every AccountStore keeps. `Made` is default-constructible and has `AccountStore&
/// accounts()`, empty at first.
template <class Made>
class AccountStoreContract : public testing::Test {
protected:
    static constexpr WallTime kNow = from_micros(1'790'000'000'000'000);

    Account account(std::string username) {
        Account made;
        made.id = random_.make_id<UserId>(kNow);
        made.kind = UserKind::User;
        made.display_name = username;
        made.username = std::move(username);
        made.password_hash = "$argon2id$stand-in";
        made.created_at = kNow;
        return made;
    }
    Account guest(std::string name) {
        Account made;
        made.id = random_.make_id<UserId>(kNow);
        made.display_name = std::move(name);
        made.created_at = kNow;
        return made;
    }
    Session session(UserId user, WallTime expires_at) {
        Session made;
        made.id = random_.make_id<SessionId>(kNow);
        made.user = user;
        random_.fill(made.token_hash);
        made.created_at = kNow;
        made.expires_at = expires_at;
        return made;
    }
    Sha256Sum invite(WallTime expires_at) {
        Invitation made;
        random_.fill(made.token_hash);
        made.created_at = kNow;
        made.expires_at = expires_at;
        EXPECT_TRUE(run_to_end(store().add_invitation(made)));
        return made.token_hash;
    }
    AccountStore& store() { return made_.accounts(); }

    Made made_;
    SeededRandom random_;
};

TYPED_TEST_SUITE_P(AccountStoreContract);

TYPED_TEST_P(AccountStoreContract, AnAccountComesBackAsItWasAdded) {
    auto& store = this->store();
    Account added = this->account("Bo.Peep");
    added.display_name = "Bö 🔥";
    added.admin = true;
    ASSERT_TRUE(run_to_end(store.add(added)));
    const auto by_id = run_to_end(store.find(added.id));
    const auto by_name = run_to_end(store.find_username("bO.pEEP"));
    ASSERT_TRUE(by_id);
    ASSERT_TRUE(by_name && *by_name);
    for (const Account& found : {*by_id, **by_name}) {
        EXPECT_EQ(found.id, added.id);
        EXPECT_EQ(found.kind, UserKind::User);
        EXPECT_EQ(found.username, "Bo.Peep");
        EXPECT_EQ(found.display_name, added.display_name);
        EXPECT_TRUE(found.admin);
        EXPECT_EQ(found.password_hash, added.password_hash);
        EXPECT_EQ(found.created_at, added.created_at);
    }
    EXPECT_EQ(run_to_end(store.find(UserId{})).error().code, ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(store.find_username("nobody")).value(), std::nullopt);
}

TYPED_TEST_P(AccountStoreContract, ANameIsTakenWhateverItsCase) {
    auto& store = this->store();
    ASSERT_TRUE(run_to_end(store.add(this->account("alice"))));
    const auto again = run_to_end(store.add(this->account("ALICE")));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::Conflict);
    EXPECT_EQ(again.error().reason, "username_taken");
}

TYPED_TEST_P(AccountStoreContract, GuestsHaveNoNameToTakeAndAreNoAccounts) {
    auto& store = this->store();
    ASSERT_TRUE(run_to_end(store.add(this->guest("Bo"))));
    ASSERT_TRUE(run_to_end(store.add(this->guest("Bo"))));
    EXPECT_EQ(run_to_end(store.has_accounts()), false);
    EXPECT_TRUE(run_to_end(store.accounts()).value().empty());
    EXPECT_EQ(run_to_end(store.find_username("")).value(), std::nullopt);
}

TYPED_TEST_P(AccountStoreContract, OnlyOneAccountIsTheFirstAndItUsesTheSetupTokenUp) {
    auto& store = this->store();
    const Sha256Sum token = sha256(as_bytes("token"));
    ASSERT_TRUE(run_to_end(store.set_setup_token(sha256(as_bytes("older")))));
    ASSERT_TRUE(run_to_end(store.set_setup_token(token)));
    EXPECT_EQ(run_to_end(store.setup_token()).value(), token);
    ASSERT_TRUE(run_to_end(store.add_first(this->account("alice"))));
    EXPECT_EQ(run_to_end(store.setup_token()).value(), std::nullopt);
    EXPECT_EQ(run_to_end(store.has_accounts()), true);
    const auto second = run_to_end(store.add_first(this->account("bob")));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Conflict);
    EXPECT_EQ(run_to_end(store.accounts()).value().size(), 1u);
}

TYPED_TEST_P(AccountStoreContract, AnInvitationLetsOneAccountIn) {
    auto& store = this->store();
    const auto invitation = this->invite(this->kNow + std::chrono::hours(1));
    const auto expired = this->invite(this->kNow);
    ASSERT_TRUE(run_to_end(store.add_invited(this->account("alice"), invitation, this->kNow)));
    for (const Sha256Sum& useless : {invitation, expired, Sha256Sum{}}) {
        const auto refused =
            run_to_end(store.add_invited(this->account("bob"), useless, this->kNow));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().reason, "invitation_required");
    }
}

TYPED_TEST_P(AccountStoreContract, ARefusedNameDoesNotUseTheInvitationUp) {
    auto& store = this->store();
    ASSERT_TRUE(run_to_end(store.add(this->account("alice"))));
    const auto invitation = this->invite(this->kNow + std::chrono::hours(1));
    const auto refused =
        run_to_end(store.add_invited(this->account("Alice"), invitation, this->kNow));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "username_taken");
    EXPECT_TRUE(run_to_end(store.add_invited(this->account("bob"), invitation, this->kNow)));
}

TYPED_TEST_P(AccountStoreContract, AChangeTouchesWhatItNamesAndNothingElse) {
    auto& store = this->store();
    const Account alice = this->account("alice");
    ASSERT_TRUE(run_to_end(store.add(alice)));
    AccountChanges rename;
    rename.display_name = "Alice A.";
    const auto renamed = run_to_end(store.change(alice.id, rename));
    ASSERT_TRUE(renamed);
    EXPECT_EQ(renamed->display_name, "Alice A.");
    EXPECT_EQ(renamed->password_hash, alice.password_hash);
    EXPECT_FALSE(renamed->admin);
    AccountChanges promote;
    promote.admin = true;
    EXPECT_TRUE(run_to_end(store.change(alice.id, promote))->admin);
    EXPECT_EQ(run_to_end(store.find(alice.id))->display_name, "Alice A.");
    EXPECT_EQ(run_to_end(store.change(UserId{}, promote)).error().code, ErrorCode::NotFound);
}

TYPED_TEST_P(AccountStoreContract, ASessionIsFoundByItsTokenUntilItEnds) {
    auto& store = this->store();
    const Account alice = this->account("alice");
    ASSERT_TRUE(run_to_end(store.add(alice)));
    const WallTime expires = this->kNow + std::chrono::hours(1);
    const Session session = this->session(alice.id, expires);
    ASSERT_TRUE(run_to_end(store.add_session(session)));

    const auto found = run_to_end(store.find_session(session.token_hash, this->kNow));
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->session.id, session.id);
    EXPECT_EQ((*found)->session.user, alice.id);
    EXPECT_EQ((*found)->session.expires_at, expires);
    EXPECT_EQ((*found)->account.username, "alice");
    EXPECT_EQ(run_to_end(store.find_session(session.token_hash, expires)).value(), std::nullopt);
    EXPECT_EQ(run_to_end(store.find_session(Sha256Sum{}, this->kNow)).value(), std::nullopt);

    ASSERT_TRUE(run_to_end(store.extend_session(session.id, expires + std::chrono::hours(1))));
    EXPECT_NE(run_to_end(store.find_session(session.token_hash, expires)).value(), std::nullopt);
    ASSERT_TRUE(run_to_end(store.end_session(session.id)));
    ASSERT_TRUE(run_to_end(store.end_session(session.id))) << "absent is success";
    EXPECT_EQ(run_to_end(store.find_session(session.token_hash, this->kNow)).value(), std::nullopt);
}

TYPED_TEST_P(AccountStoreContract, EndingTheOthersKeepsTheOneNamed) {
    auto& store = this->store();
    const Account alice = this->account("alice");
    const Account bob = this->account("bobby");
    ASSERT_TRUE(run_to_end(store.add(alice)));
    ASSERT_TRUE(run_to_end(store.add(bob)));
    const WallTime expires = this->kNow + std::chrono::hours(1);
    const Session kept = this->session(alice.id, expires);
    const Session other = this->session(alice.id, expires);
    const Session bobs = this->session(bob.id, expires);
    for (const Session& each : {kept, other, bobs}) {
        ASSERT_TRUE(run_to_end(store.add_session(each)));
    }
    const auto ended = run_to_end(store.end_sessions(alice.id, kept.id));
    EXPECT_EQ(ended.value(), std::vector<SessionId>{other.id});
    EXPECT_NE(run_to_end(store.find_session(kept.token_hash, this->kNow)).value(), std::nullopt);
    EXPECT_NE(run_to_end(store.find_session(bobs.token_hash, this->kNow)).value(), std::nullopt);
    EXPECT_EQ(run_to_end(store.end_sessions(alice.id, std::nullopt)).value(),
              std::vector<SessionId>{kept.id});
}

TYPED_TEST_P(AccountStoreContract, ARemovedAccountLeavesNoSessionAndFreesItsName) {
    auto& store = this->store();
    const Account alice = this->account("alice");
    ASSERT_TRUE(run_to_end(store.add(alice)));
    const Session session = this->session(alice.id, this->kNow + std::chrono::hours(1));
    ASSERT_TRUE(run_to_end(store.add_session(session)));
    EXPECT_EQ(run_to_end(store.remove(alice.id)).value(), std::vector<SessionId>{session.id});
    EXPECT_EQ(run_to_end(store.remove(alice.id)).error().code, ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(store.find_session(session.token_hash, this->kNow)).value(), std::nullopt);
    EXPECT_EQ(run_to_end(store.add_session(session)).error().code, ErrorCode::NotFound);
    EXPECT_TRUE(run_to_end(store.add(this->account("alice"))));
}

TYPED_TEST_P(AccountStoreContract, WhatExpiredGoesAndWhatIsInUseStays) {
    auto& store = this->store();
    const WallTime now = this->kNow + std::chrono::hours(100);
    const Account account = this->account("alice");
    const Account abandoned = this->guest("gone");
    const Account active = this->guest("here");
    Account fresh = this->guest("new");
    fresh.created_at = now;
    for (const Account& each : {account, abandoned, active, fresh}) {
        ASSERT_TRUE(run_to_end(store.add(each)));
    }
    ASSERT_TRUE(run_to_end(store.add_session(this->session(abandoned.id, now))));
    ASSERT_TRUE(
        run_to_end(store.add_session(this->session(active.id, now + std::chrono::seconds(1)))));
    EXPECT_EQ(run_to_end(store.remove_expired(now, now - std::chrono::hours(1))), 2);
    EXPECT_TRUE(run_to_end(store.find(account.id)));
    EXPECT_TRUE(run_to_end(store.find(active.id)));
    EXPECT_TRUE(run_to_end(store.find(fresh.id)));
    EXPECT_FALSE(run_to_end(store.find(abandoned.id)));
}

REGISTER_TYPED_TEST_SUITE_P(AccountStoreContract, AnAccountComesBackAsItWasAdded,
                            ANameIsTakenWhateverItsCase, GuestsHaveNoNameToTakeAndAreNoAccounts,
                            OnlyOneAccountIsTheFirstAndItUsesTheSetupTokenUp,
                            AnInvitationLetsOneAccountIn, ARefusedNameDoesNotUseTheInvitationUp,
                            AChangeTouchesWhatItNamesAndNothingElse,
                            ASessionIsFoundByItsTokenUntilItEnds, EndingTheOthersKeepsTheOneNamed,
                            ARemovedAccountLeavesNoSessionAndFreesItsName,
                            WhatExpiredGoesAndWhatIsInUseStays);

}  // namespace syncwatch
