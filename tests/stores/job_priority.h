#pragma once
#include <gtest/gtest.h>

#include "contract/live_room_fixture.h"
#include "ports/job_store.h"
#include "ports/playback_store.h"
#include "ports/queue_store.h"
#include "ports/upload_store.h"

namespace syncwatch {

/// Which film is prepared first, where one database knows rooms and films. `Made`: MadeSqlStores.
template <class Made>
class JobPriority : public LiveRoomFixture<Made> {
protected:
    /// A film that waits to be prepared.
    VideoId waiting(std::chrono::minutes age) {
        Video film;
        film.id = this->random_.template make_id<VideoId>(this->kNow - age);
        film.owner = this->random_.template make_id<UserId>(this->kNow);
        film.title = "Film";
        film.created_at = this->kNow - age;
        film.size = 1000;
        Upload upload;
        upload.id = this->random_.template make_id<UploadId>(this->kNow);
        upload.video = film.id;
        upload.owner = film.owner;
        upload.length = film.size;
        upload.created_at = film.created_at;
        upload.expires_at = this->kNow;
        EXPECT_TRUE(run_to_end(this->made_.uploads().add_upload(upload, film, 10)));
        const auto job = this->random_.template make_id<JobId>(this->kNow);
        EXPECT_TRUE(run_to_end(this->made_.uploads().complete_upload(upload.id, 1000, std::nullopt,
                                                                     job, film.created_at)));
        return film.id;
    }
    void put_on(RoomCode room, VideoId video, WallTime seen) {
        SavedPlayback saved;
        saved.room = room;
        saved.playback.video = video;
        saved.playback.stamp.node = "n";
        saved.saved_at = seen;
        EXPECT_TRUE(run_to_end(this->made_.playback().save({saved})));
    }
    void queue(RoomCode room, VideoId video) {
        Queue queue;
        QueueItem& item = queue.items.emplace_back();
        item.id = this->random_.template make_id<ItemId>(this->kNow);
        item.video = video;
        item.added_by = this->bo_;
        item.request = "q";
        EXPECT_TRUE(run_to_end(this->made_.queues().save(room, 0, queue)));
    }
    VideoId claimed() {
        const auto job =
            run_to_end(this->made_.jobs().claim("w", this->kNow, std::chrono::seconds(60)));
        EXPECT_TRUE(job && *job);
        return job.value()->video;
    }
};

TYPED_TEST_SUITE_P(JobPriority);

TYPED_TEST_P(JobPriority, WhatPeopleWatchComesFirstThenWhatTheyWillThenTheOldest) {
    const VideoId nobodys = this->waiting(std::chrono::minutes(50));
    const VideoId was_on = this->waiting(std::chrono::minutes(40));
    const VideoId next = this->waiting(std::chrono::minutes(30));
    const VideoId is_on = this->waiting(std::chrono::minutes(20));
    this->put_on(this->room_, is_on, this->kNow - std::chrono::seconds(30));
    this->queue(this->room_, next);
    this->put_on(this->room(this->bo_), was_on, this->kNow - std::chrono::hours(1));
    for (const VideoId& each : {is_on, next, nobodys, was_on}) EXPECT_EQ(this->claimed(), each);
}

REGISTER_TYPED_TEST_SUITE_P(JobPriority, WhatPeopleWatchComesFirstThenWhatTheyWillThenTheOldest);

}  // namespace syncwatch
