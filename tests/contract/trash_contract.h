#pragma once
#include <vector>

#include <gtest/gtest.h>

#include "contract/media_fixture.h"

namespace syncwatch {

/// What the trash of every implementation of VideoStore keeps.
template <class Made>
class TrashContract : public MediaFixture<Made> {};

TYPED_TEST_SUITE_P(TrashContract);

TYPED_TEST_P(TrashContract, AVideoInTheTrashIsNoneAndComesBackAsItWas) {
    const UserId owner = this->account();
    const VideoId film = this->probing(owner);
    const Job job = this->claimed();
    JobStep step = this->planned();
    step.segments = {this->segment("v720", 0)};
    step.objects = {this->object(segment_key(film, 1, "v720", 0))};
    ASSERT_TRUE(this->advance(job, step));
    const UploadId upload = run_to_end(this->uploads().upload_of(film)).value()->id;
    const Video before = this->found(film);

    ASSERT_TRUE(run_to_end(this->videos().put_into_trash(film, this->kNow)));
    EXPECT_EQ(run_to_end(this->videos().find(film)).error().reason, "no_such_video");
    EXPECT_EQ(run_to_end(this->videos().segments(film)).error().reason, "no_such_video");
    EXPECT_FALSE(run_to_end(this->videos().rename(film, "New")));
    EXPECT_FALSE(run_to_end(this->videos().drop_original(film)));
    EXPECT_FALSE(run_to_end(this->uploads().find_upload(upload)));
    EXPECT_TRUE(run_to_end(this->videos().videos_of(owner, 10)).value().empty());
    EXPECT_TRUE(run_to_end(this->videos().all_videos(10)).value().empty());
    EXPECT_TRUE(run_to_end(this->jobs().jobs()).value().empty());
    EXPECT_EQ(run_to_end(this->jobs().renew(job.lease(), this->kNow)).error().reason, "lease_lost");
    const auto later = this->kNow + std::chrono::hours(1);
    EXPECT_FALSE(run_to_end(this->jobs().claim("w", later, std::chrono::seconds(60))).value());
    EXPECT_EQ(run_to_end(this->videos().put_into_trash(film, later)).error().reason,
              "no_such_video");
    EXPECT_TRUE(this->doomed().empty());
    EXPECT_TRUE(run_to_end(this->uploads().wants_original(film)).value());
    EXPECT_EQ(run_to_end(this->videos().ids_in_trash(10)).value(), std::vector{film});

    for (int again = 0; again < 2; ++again) {
        const Video back = run_to_end(this->videos().undelete(film)).value();
        EXPECT_EQ(back.status, before.status);
        EXPECT_EQ(back.renditions, before.renditions);
        EXPECT_EQ(back.subtitles, before.subtitles);
        EXPECT_EQ(back.original_kept, before.original_kept);
    }
    EXPECT_TRUE(run_to_end(this->videos().ids_in_trash(10)).value().empty());
    EXPECT_EQ(run_to_end(this->videos().segments(film)).value().size(), 1u);
    const Job resumed = this->claimed(later);
    EXPECT_EQ(resumed.id, job.id);
    EXPECT_EQ(resumed.checkpoint, "the plan");
    EXPECT_EQ(resumed.attempts, 1);
}

TYPED_TEST_P(TrashContract, TheTrashSaysWhatItHoldsAndIsEmptiedWhenTheTimeIsUp) {
    const auto first = this->probing(this->account());
    const auto second = this->probing(this->account());
    const auto stays = this->probing(this->account());
    ASSERT_TRUE(run_to_end(this->ledger().record(
        {this->object(source_key(first)), this->object(segment_key(second, 1, "v720", 0)),
         this->object(source_key(stays))},
        this->kNow)));
    EXPECT_EQ(run_to_end(this->videos().trash_figures()).value().videos, 0u);
    EXPECT_FALSE(run_to_end(this->videos().trash_figures()).value().oldest);
    ASSERT_TRUE(run_to_end(this->videos().put_into_trash(first, this->kNow)));
    const auto then = this->kNow + this->kMinute;
    ASSERT_TRUE(run_to_end(this->videos().put_into_trash(second, then)));
    const auto held = run_to_end(this->videos().trash(10)).value();
    ASSERT_EQ(held.size(), 2u);
    EXPECT_EQ(held[0].video.id, second);
    EXPECT_EQ(held[1].video.title, "Film");
    EXPECT_EQ(held[1].deleted_at, this->kNow);
    EXPECT_EQ(held[1].bytes, 100u);
    const auto figures = run_to_end(this->videos().trash_figures()).value();
    EXPECT_EQ(figures.videos, 2u);
    EXPECT_EQ(figures.bytes, 200u);
    EXPECT_EQ(figures.oldest, this->kNow);

    EXPECT_TRUE(run_to_end(this->videos().empty_trash(this->kNow, 10)).value().empty());
    EXPECT_EQ(run_to_end(this->videos().empty_trash(then, 10)).value(), std::vector{first});
    EXPECT_EQ(this->doomed(), std::vector{video_prefix(first)});
    EXPECT_EQ(run_to_end(this->videos().undelete(first)).error().reason, "no_such_video");
    ASSERT_TRUE(run_to_end(this->videos().remove(second))) << "for good, before its time";
    EXPECT_EQ(run_to_end(this->videos().trash_figures()).value().videos, 0u);
    EXPECT_TRUE(run_to_end(this->videos().find(stays)));
}

TYPED_TEST_P(TrashContract, NothingOfAnUploadUnderWayGoesIntoTheTrash) {
    const Upload upload = this->uploading(this->account());
    ASSERT_TRUE(run_to_end(this->videos().put_into_trash(upload.video, this->kNow)));
    EXPECT_TRUE(run_to_end(this->videos().ids_in_trash(10)).value().empty());
    EXPECT_EQ(this->doomed(), std::vector{video_prefix(upload.video)});
}

TYPED_TEST_P(TrashContract, SubtitlesWaitInTheTrashAsWell) {
    const VideoId video = this->probing(this->account());
    SubtitleTrack track;
    track.id = "u1";
    track.source = SubtitleTrack::Source::Uploaded;
    const StoredBlob object = this->object(subtitle_key(video, 1, track));
    ASSERT_TRUE(run_to_end(this->videos().add_subtitle(video, track, object, 9, this->kNow)));
    const auto drop = [&] {
        return run_to_end(this->videos().put_subtitle_into_trash(video, "u1", this->kNow));
    };
    EXPECT_TRUE(drop().value().subtitles.empty());
    EXPECT_EQ(drop().error().code, ErrorCode::NotFound);
    EXPECT_TRUE(this->doomed().empty());
    EXPECT_TRUE(run_to_end(this->videos().empty_trash(this->kNow, 10)).value().empty());
    EXPECT_TRUE(this->doomed().empty());
    ASSERT_TRUE(run_to_end(this->videos().empty_trash(this->kNow + this->kMinute, 10)));
    EXPECT_EQ(this->doomed(), std::vector{object.key});
}

REGISTER_TYPED_TEST_SUITE_P(TrashContract, AVideoInTheTrashIsNoneAndComesBackAsItWas,
                            TheTrashSaysWhatItHoldsAndIsEmptiedWhenTheTimeIsUp,
                            NothingOfAnUploadUnderWayGoesIntoTheTrash,
                            SubtitlesWaitInTheTrashAsWell);

}  // namespace syncwatch
