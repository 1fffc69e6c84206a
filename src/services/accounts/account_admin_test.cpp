#include "services/accounts/account_admin.h"

#include <gtest/gtest.h>

#include "harness/account_world.h"

namespace syncwatch {
namespace {

class AccountAdminTest : public testing::Test {
protected:
    AccountWorld world_;
    AccountAdmin admin_{{world_.store, world_.room_store, world_.hasher, world_.audit, world_.bus,
                         world_.clock, world_.random}};
};

TEST_F(AccountAdminTest, AnAccountMadeHereCanSignInAndTheFirstIsTheAdmins) {
    const auto first = run_to_end(admin_.add("alice", "correct horse", false));
    const auto second = run_to_end(admin_.add("bobby", "correct horse", false));
    ASSERT_TRUE(first && second);
    EXPECT_TRUE(first->admin);
    EXPECT_FALSE(second->admin);
    EXPECT_TRUE(world_.login("alice", "correct horse"));
    const auto all = run_to_end(admin_.list());
    ASSERT_EQ(all->size(), 2u);
    EXPECT_EQ(all->at(1).username, "bobby");
}

TEST_F(AccountAdminTest, TheRulesForNamesAndPasswordsHoldHereToo) {
    EXPECT_EQ(run_to_end(admin_.add("a", "correct horse", true)).error().code,
              ErrorCode::InvalidInput);
    EXPECT_EQ(run_to_end(admin_.add("alice", "short", true)).error().code, ErrorCode::InvalidInput);
    ASSERT_TRUE(run_to_end(admin_.add("alice", "correct horse", true)));
    EXPECT_EQ(run_to_end(admin_.add("Alice", "correct horse", true)).error().reason,
              "username_taken");
}

TEST_F(AccountAdminTest, AResetPasswordEndsEverySession) {
    const auto alice = world_.register_as("alice", "correct horse");
    ASSERT_TRUE(world_.who(alice->token));
    ASSERT_TRUE(run_to_end(admin_.reset_password("ALICE", "battery staple")));
    world_.deliver();
    EXPECT_FALSE(world_.who(alice->token));
    EXPECT_TRUE(world_.login("alice", "battery staple"));
    EXPECT_EQ(run_to_end(admin_.reset_password("nobody", "battery staple")).error().code,
              ErrorCode::NotFound);
}

TEST_F(AccountAdminTest, AnAdminIsMadeAndUnmade) {
    ASSERT_TRUE(world_.register_as("alice"));
    const auto bobby = world_.register_as("bobby");
    ASSERT_FALSE(world_.who(bobby->token)->admin);
    ASSERT_TRUE(run_to_end(admin_.set_admin("bobby", true)));
    world_.deliver();
    EXPECT_TRUE(world_.who(bobby->token)->admin);
    ASSERT_TRUE(run_to_end(admin_.set_admin("bobby", false)));
    world_.deliver();
    EXPECT_FALSE(world_.who(bobby->token)->admin);
}

TEST_F(AccountAdminTest, ARemovedAccountIsGoneWithItsRooms) {
    const auto alice = world_.register_as("alice");
    Room room;
    room.owner = alice->account.id;
    ASSERT_TRUE(run_to_end(world_.room_store.add(room)));
    ASSERT_TRUE(run_to_end(admin_.remove("alice")));
    world_.deliver();
    EXPECT_FALSE(world_.who(alice->token));
    EXPECT_FALSE(run_to_end(world_.room_store.find(room.code)));
    EXPECT_TRUE(run_to_end(admin_.list())->empty());
}

}  // namespace
}  // namespace syncwatch
