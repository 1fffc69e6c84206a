#pragma once
#include <utility>
#include <vector>

#include "contract/live_room_fixture.h"
#include "ports/playback_store.h"

namespace syncwatch {

/// What every PlaybackStore keeps. `Made`: see LiveRoomFixture.
template <class Made>
class PlaybackStoreContract : public LiveRoomFixture<Made> {
protected:
    PlaybackStore& playback() { return this->made_.playback(); }

    SavedPlayback state(std::int64_t stamp, std::uint32_t counter = 0) {
        SavedPlayback made;
        made.room = this->room_;
        made.playback.item = this->random_.template make_id<ItemId>(this->kNow);
        made.playback.video = this->random_.template make_id<VideoId>(this->kNow);
        made.playback.paused = false;
        made.playback.rate = 1.25;
        made.playback.position = 1234.5678901234;
        made.playback.at = this->kNow + std::chrono::microseconds(1);
        made.playback.stamp = {stamp, counter, "node.example"};
        made.playback.by = this->bo_;
        made.held = true;
        made.saved_at = this->kNow;
        return made;
    }
    void save(std::vector<SavedPlayback> states) {
        EXPECT_TRUE(run_to_end(playback().save(std::move(states))));
    }
    std::optional<SavedPlayback> kept() { return run_to_end(playback().load(this->room_)).value(); }
};

TYPED_TEST_SUITE_P(PlaybackStoreContract);

TYPED_TEST_P(PlaybackStoreContract, AStateComesBackToTheMicrosecond) {
    EXPECT_EQ(this->kept(), std::nullopt);
    const SavedPlayback full = this->state(7);
    this->save({full});
    EXPECT_EQ(this->kept(), full);

    SavedPlayback nothing;
    nothing.room = this->room_;
    nothing.playback.stamp = {8, 0, "n"};
    this->save({nothing});
    EXPECT_EQ(this->kept(), nothing);
}

TYPED_TEST_P(PlaybackStoreContract, TheGreaterStampHolds) {
    const SavedPlayback newer = this->state(10, 2);
    this->save({newer});
    this->save({this->state(9, 9)});
    this->save({this->state(10, 1)});
    EXPECT_EQ(this->kept(), newer);
    const SavedPlayback newest = this->state(10, 10);
    this->save({newest});
    EXPECT_EQ(this->kept(), newest) << "counters are numbers";
    SavedPlayback same = newest;
    same.saved_at += std::chrono::seconds(1);
    this->save({same});
    EXPECT_EQ(this->kept(), same) << "still sure of it";
}

TYPED_TEST_P(PlaybackStoreContract, OneRoomThatIsGoneDoesNotKeepTheOthersBack) {
    SavedPlayback gone = this->state(1);
    gone.room = this->code();
    const SavedPlayback here = this->state(1);
    this->save({gone, here});
    EXPECT_EQ(this->kept(), here);
    EXPECT_EQ(run_to_end(this->playback().load(gone.room)).value(), std::nullopt);
    ASSERT_TRUE(run_to_end(this->made_.rooms().remove(this->room_)));
    EXPECT_EQ(this->kept(), std::nullopt);
}

REGISTER_TYPED_TEST_SUITE_P(PlaybackStoreContract, AStateComesBackToTheMicrosecond,
                            TheGreaterStampHolds, OneRoomThatIsGoneDoesNotKeepTheOthersBack);

}  // namespace syncwatch
