#include "services/objects/far_store.h"

#include <gtest/gtest.h>

#include "harness/two_stores_world.h"
#include "services/objects/undeletable_store.h"

namespace syncwatch {
namespace {

/// Two stores, of which the second does not let us remove anything.
class FarStoreTest : public testing::Test {
protected:
    TwoStoresWorld world_;
    UndeletableStore far_{world_.second};
    HealingStore both_{HealingStore::Powers{world_.first, &far_, world_.replicas, world_.pool,
                                            world_.clock, world_.tally}};
};

TEST_F(FarStoreTest, WhatIsRemovedStaysThereAndThatIsSaid) {
    world_.copied("videos/1/a", "bytes");
    world_.copied("videos/1/b", "bytes");
    EXPECT_EQ(run_to_end(both_.remove_all("videos/1")).error().reason, kLeftBehind);
    EXPECT_EQ(TwoStoresWorld::content(world_.in_first("videos/1/a")), "none");
    EXPECT_EQ(TwoStoresWorld::content(world_.in_second("videos/1/a")), "bytes");
    world_.copied("videos/2", "bytes");
    EXPECT_EQ(run_to_end(both_.remove("videos/2")).error().reason, kLeftBehind);
    EXPECT_EQ(TwoStoresWorld::content(world_.in_first("videos/2")), "none");
}

TEST_F(FarStoreTest, NothingIsLeftOfWhatNeverWasThere) {
    world_.stored("videos/1/a", "bytes");
    EXPECT_TRUE(run_to_end(both_.remove_all("videos/1")));
    EXPECT_TRUE(run_to_end(both_.remove("videos/1")));
    EXPECT_EQ(TwoStoresWorld::content(world_.in_first("videos/1/a")), "none");
}

TEST_F(FarStoreTest, OneThatDoesNotAnswerIsAskedAgain) {
    world_.copied("videos/1/a", "bytes");
    world_.second.away = true;
    EXPECT_EQ(run_to_end(both_.remove_all("videos/1")).error().code, ErrorCode::Unavailable);
}

TEST_F(FarStoreTest, ItIsCopiedIntoAndRepairedAllTheSame) {
    ObjectMender mender(
        {world_.first, &far_, world_.replicas, *world_.copier, world_.clock, world_.tally});
    const StoredBlob object = world_.stored("videos/1/a", "bytes");
    ASSERT_TRUE(run_to_end(mender.replicate(object)));
    TwoStoresWorld::flip(world_.in_second("videos/1/a"));
    EXPECT_EQ(run_to_end(mender.mend(object)).value().outcome, ObjectMender::Outcome::Repaired);
    EXPECT_EQ(TwoStoresWorld::content(world_.in_second("videos/1/a")), "bytes");
    // A copy that comes when nobody wants it any more is no trouble.
    const StoredBlob late = world_.stored("videos/1/b", "late");
    ASSERT_TRUE(run_to_end(world_.media.forget_doomed("videos/1/b")));
    EXPECT_TRUE(run_to_end(mender.replicate(late)));
}

}  // namespace
}  // namespace syncwatch
