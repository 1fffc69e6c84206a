#pragma once
#include <vector>

#include <gtest/gtest.h>

#include "contract/media_fixture.h"

namespace syncwatch {

/// What every implementation of UploadStore keeps.
template <class Made>
class UploadStoreContract : public MediaFixture<Made> {};

TYPED_TEST_SUITE_P(UploadStoreContract);

TYPED_TEST_P(UploadStoreContract, AnUploadAndItsVideoComeBackAsTheyWereAdded) {
    Video film = this->video(this->account());
    film.title = "A 'name' with\nnewlines \"and\" 🔥";
    Upload upload = this->upload(film);
    upload.room = RoomCode::parse("ABCDE-23456").value();
    ASSERT_TRUE(run_to_end(this->uploads().add_upload(upload, film, 1)));
    const Video video = this->found(film.id);
    EXPECT_EQ(video.owner, film.owner);
    EXPECT_EQ(video.title, film.title);
    EXPECT_EQ(video.status, VideoStatus::Uploading);
    EXPECT_EQ(video.created_at, film.created_at);
    EXPECT_EQ(video.size, 1000u);
    EXPECT_EQ(video.edition, 1);
    EXPECT_FALSE(video.error);
    EXPECT_FALSE(video.eta);
    EXPECT_FALSE(video.original_kept);
    const Upload found = run_to_end(this->uploads().find_upload(upload.id)).value();
    EXPECT_EQ(found.video, film.id);
    EXPECT_EQ(found.owner, film.owner);
    EXPECT_EQ(found.length, 1000u);
    EXPECT_EQ(found.metadata, upload.metadata);
    EXPECT_EQ(found.room, upload.room);
    EXPECT_EQ(found.expires_at, upload.expires_at);
    EXPECT_FALSE(found.completed);
    EXPECT_EQ(run_to_end(this->uploads().upload_of(film.id)).value()->id, upload.id);
}

TYPED_TEST_P(UploadStoreContract, AnUploadThatIsNotThereIsSaidToBeMissing) {
    const auto nothing = this->random_.template make_id<VideoId>(this->kNow);
    const auto no_upload = this->random_.template make_id<UploadId>(this->kNow);
    EXPECT_EQ(run_to_end(this->uploads().find_upload(no_upload)).error().reason, "no_such_upload");
    EXPECT_EQ(run_to_end(this->uploads().remove_upload(no_upload)).error().code,
              ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(this->uploads().upload_of(nothing)).value(), std::nullopt);
}

TYPED_TEST_P(UploadStoreContract, OneOwnerHasSoManyUploadsAtOnceAndNoMore) {
    const UserId owner = this->account();
    const Upload first = this->uploading(owner);
    this->uploading(owner);
    this->uploading(owner);
    const Video film = this->video(owner);
    const auto over =
        run_to_end(this->uploads().add_upload(this->upload(film), film, this->kMostUploads));
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().reason, "too_many_uploads");
    EXPECT_FALSE(run_to_end(this->videos().find(film.id))) << "nothing of it is left behind";
    this->uploading(this->account());
    const auto job = this->random_.template make_id<JobId>(this->kNow);
    ASSERT_TRUE(
        run_to_end(this->uploads().complete_upload(first.id, 1000, std::nullopt, job, this->kNow)));
    this->uploading(owner);
}

TYPED_TEST_P(UploadStoreContract, ADeferredLengthIsSetOnce) {
    Video film = this->video(this->account());
    film.size = 0;
    Upload upload = this->upload(film);
    upload.length = std::nullopt;
    ASSERT_TRUE(run_to_end(this->uploads().add_upload(upload, film, 1)));
    EXPECT_EQ(run_to_end(this->uploads().find_upload(upload.id)).value().length, std::nullopt);
    EXPECT_EQ(run_to_end(this->uploads().set_length(upload.id, 500)).value().length, 500u);
    EXPECT_TRUE(run_to_end(this->uploads().set_length(upload.id, 500)));
    EXPECT_EQ(run_to_end(this->uploads().set_length(upload.id, 501)).error().code,
              ErrorCode::Conflict);
    EXPECT_EQ(this->found(film.id).size, 500u);
}

TYPED_TEST_P(UploadStoreContract, ACompleteUploadMakesAJobOnce) {
    const Upload upload = this->uploading(this->account());
    Sha256Sum sum{};
    sum.fill(9);
    for (int again = 0; again < 2; ++again) {
        const auto job = this->random_.template make_id<JobId>(this->kNow);
        ASSERT_TRUE(
            run_to_end(this->uploads().complete_upload(upload.id, 1001, sum, job, this->kNow)));
    }
    const Video video = this->found(upload.video);
    EXPECT_EQ(video.status, VideoStatus::Probing);
    EXPECT_TRUE(video.original_kept);
    EXPECT_EQ(video.size, 1001u);
    const auto jobs = run_to_end(this->jobs().jobs()).value();
    ASSERT_EQ(jobs.size(), 1u);
    EXPECT_EQ(jobs[0].video, upload.video);
    EXPECT_EQ(jobs[0].attempts, 0);
    const auto source = run_to_end(this->ledger().find_object(source_key(upload.video))).value();
    ASSERT_TRUE(source);
    EXPECT_EQ(source->sha256, sum);
    EXPECT_EQ(source->size, 1001u);
    EXPECT_TRUE(run_to_end(this->uploads().find_upload(upload.id)).value().completed);
    EXPECT_TRUE(run_to_end(this->uploads().unfinished_uploads()).value().empty());
    EXPECT_TRUE(run_to_end(this->uploads().wants_original(upload.video)).value());
    ASSERT_TRUE(run_to_end(this->uploads().remove_upload(upload.id)));
    EXPECT_TRUE(run_to_end(this->uploads().wants_original(upload.video)).value())
        << "the film stays when its upload is forgotten";
    ASSERT_TRUE(run_to_end(this->videos().remove(upload.video)));
    EXPECT_FALSE(run_to_end(this->uploads().wants_original(upload.video)).value());
}

TYPED_TEST_P(UploadStoreContract, ARejectedUploadFailsItsVideoWithoutAJob) {
    const Upload upload = this->uploading(this->account());
    const VideoError empty{"empty", "The file is empty."};
    ASSERT_TRUE(run_to_end(this->uploads().reject_upload(upload.id, empty)));
    const Video video = this->found(upload.video);
    EXPECT_EQ(video.status, VideoStatus::Failed);
    EXPECT_EQ(video.error, empty);
    EXPECT_TRUE(run_to_end(this->jobs().jobs()).value().empty());
    EXPECT_TRUE(run_to_end(this->uploads().find_upload(upload.id)).value().completed);
}

TYPED_TEST_P(UploadStoreContract, ForgettingAnUploadTakesItsVideoOnlyWhileItIsNotComplete) {
    const UserId owner = this->account();
    const Upload abandoned = this->uploading(owner);
    EXPECT_EQ(run_to_end(this->uploads().remove_upload(abandoned.id)).value().video,
              abandoned.video);
    EXPECT_FALSE(run_to_end(this->videos().find(abandoned.video)));
    EXPECT_EQ(this->doomed(), std::vector{video_prefix(abandoned.video)});
    const VideoId kept = this->probing(owner);
    const UploadId done = run_to_end(this->uploads().upload_of(kept)).value()->id;
    EXPECT_TRUE(run_to_end(this->uploads().remove_upload(done)));
    EXPECT_EQ(this->found(kept).status, VideoStatus::Probing);
    EXPECT_FALSE(run_to_end(this->uploads().find_upload(done)));
}

TYPED_TEST_P(UploadStoreContract, UploadsExpireWhenTheirTimeHasCome) {
    const Upload early = this->uploading(this->account());
    const Upload late = this->uploading(this->account());
    const WallTime then = early.expires_at;
    ASSERT_TRUE(run_to_end(this->uploads().set_expiry(late.id, then + this->kMinute)));
    EXPECT_TRUE(run_to_end(this->uploads().expired_uploads(then - this->kMinute, 10))->empty());
    const auto expired = run_to_end(this->uploads().expired_uploads(then, 10)).value();
    ASSERT_EQ(expired.size(), 1u);
    EXPECT_EQ(expired[0].id, early.id);
    EXPECT_EQ(run_to_end(this->uploads().expired_uploads(then + this->kMinute, 10))->size(), 2u);
    EXPECT_EQ(run_to_end(this->uploads().unfinished_uploads())->size(), 2u);
}

REGISTER_TYPED_TEST_SUITE_P(UploadStoreContract, AnUploadAndItsVideoComeBackAsTheyWereAdded,
                            AnUploadThatIsNotThereIsSaidToBeMissing,
                            OneOwnerHasSoManyUploadsAtOnceAndNoMore, ADeferredLengthIsSetOnce,
                            ACompleteUploadMakesAJobOnce, ARejectedUploadFailsItsVideoWithoutAJob,
                            ForgettingAnUploadTakesItsVideoOnlyWhileItIsNotComplete,
                            UploadsExpireWhenTheirTimeHasCome);

}  // namespace syncwatch
