#pragma once
#include <utility>
#include <vector>

#include "contract/live_room_fixture.h"
#include "ports/queue_store.h"

namespace syncwatch {

/// What every QueueStore keeps. `Made`: see LiveRoomFixture.
template <class Made>
class QueueStoreContract : public LiveRoomFixture<Made> {
protected:
    QueueStore& queues() { return this->made_.queues(); }

    QueueItem item(std::string request = "q1") {
        QueueItem made;
        made.id = this->random_.template make_id<ItemId>(this->kNow);
        made.video = this->random_.template make_id<VideoId>(this->kNow);
        made.added_by = this->bo_;
        made.request = std::move(request);
        return made;
    }
    Queue queue(std::vector<QueueItem> items) {
        Queue made;
        made.items = std::move(items);
        return made;
    }
    StoredQueue stored() { return run_to_end(queues().load(this->room_)).value(); }
};

TYPED_TEST_SUITE_P(QueueStoreContract);

TYPED_TEST_P(QueueStoreContract, NothingSavedIsAnEmptyQueue) {
    EXPECT_TRUE(this->stored().queue.items.empty());
    EXPECT_EQ(this->stored().version, 0);
}

TYPED_TEST_P(QueueStoreContract, AQueueComesBackInItsOrder) {
    const QueueItem a = this->item("a");
    const QueueItem b = this->item("b");
    const QueueItem c = this->item("c");
    EXPECT_EQ(run_to_end(this->queues().save(this->room_, 0, this->queue({a, b, c}))), 1);
    EXPECT_EQ(this->stored().queue, this->queue({a, b, c}));
    EXPECT_EQ(run_to_end(this->queues().save(this->room_, 1, this->queue({c, a}))), 2);
    EXPECT_EQ(this->stored().queue, this->queue({c, a}));
    EXPECT_EQ(run_to_end(this->queues().save(this->room_, 2, this->queue({}))), 3);
    EXPECT_TRUE(this->stored().queue.items.empty());
    EXPECT_EQ(this->stored().version, 3);
}

TYPED_TEST_P(QueueStoreContract, AnotherVersionIsAConflictAndChangesNothing) {
    const QueueItem a = this->item();
    ASSERT_TRUE(run_to_end(this->queues().save(this->room_, 0, this->queue({a}))));
    const auto late = run_to_end(this->queues().save(this->room_, 0, this->queue({this->item()})));
    EXPECT_EQ(late.error().code, ErrorCode::Conflict);
    EXPECT_EQ(this->stored().queue, this->queue({a}));
}

TYPED_TEST_P(QueueStoreContract, AVoteCountsOnceAndStaysWhileItsItemDoes) {
    QueueItem a = this->item();
    const QueueItem b = this->item();
    ASSERT_TRUE(run_to_end(this->queues().save(this->room_, 0, this->queue({a, b}))));
    EXPECT_EQ(run_to_end(this->queues().vote(this->room_, a.id, this->bo_)), 2);
    EXPECT_EQ(run_to_end(this->queues().vote(this->room_, a.id, this->ada_)), 3);
    EXPECT_EQ(run_to_end(this->queues().vote(this->room_, a.id, this->bo_)), 3);
    a.voters = {this->bo_, this->ada_};
    EXPECT_EQ(this->stored().queue, this->queue({a, b}));

    ASSERT_TRUE(run_to_end(this->queues().save(this->room_, 3, this->queue({b, a}))));
    EXPECT_EQ(this->stored().queue, this->queue({b, a})) << "moving keeps them";
    ASSERT_TRUE(run_to_end(this->queues().save(this->room_, 4, this->queue({b}))));
    EXPECT_EQ(run_to_end(this->queues().vote(this->room_, a.id, this->bo_)).error().code,
              ErrorCode::NotFound);
    a.voters.clear();
    ASSERT_TRUE(run_to_end(this->queues().save(this->room_, 5, this->queue({b, a}))));
    EXPECT_EQ(this->stored().queue, this->queue({b, a})) << "who is back has none";
}

TYPED_TEST_P(QueueStoreContract, RoomsHaveTheirOwn) {
    const RoomCode other = this->room(this->ada_);
    const QueueItem a = this->item();
    ASSERT_TRUE(run_to_end(this->queues().save(this->room_, 0, this->queue({a}))));
    EXPECT_TRUE(run_to_end(this->queues().load(other))->queue.items.empty());
    EXPECT_EQ(run_to_end(this->queues().vote(other, a.id, this->bo_)).error().code,
              ErrorCode::NotFound);
    EXPECT_TRUE(run_to_end(this->queues().save(other, 0, this->queue({this->item()}))));
}

TYPED_TEST_P(QueueStoreContract, AQueueGoesWithItsRoomAndStaysWithoutItsPeople) {
    const QueueItem a = this->item();
    ASSERT_TRUE(run_to_end(this->queues().save(this->room_, 0, this->queue({a}))));
    ASSERT_TRUE(run_to_end(this->made_.accounts().remove(this->bo_)));
    EXPECT_EQ(this->stored().queue, this->queue({a}));
    ASSERT_TRUE(run_to_end(this->made_.rooms().remove(this->room_)));
    EXPECT_EQ(run_to_end(this->queues().load(this->room_)).error().reason, "no_such_room");
    EXPECT_EQ(run_to_end(this->queues().save(this->room_, 1, this->queue({}))).error().reason,
              "no_such_room");
    EXPECT_EQ(run_to_end(this->queues().vote(this->room_, a.id, this->bo_)).error().reason,
              "no_such_room");
}

REGISTER_TYPED_TEST_SUITE_P(QueueStoreContract, NothingSavedIsAnEmptyQueue,
                            AQueueComesBackInItsOrder, AnotherVersionIsAConflictAndChangesNothing,
                            AVoteCountsOnceAndStaysWhileItsItemDoes, RoomsHaveTheirOwn,
                            AQueueGoesWithItsRoomAndStaysWithoutItsPeople);

}  // namespace syncwatch
