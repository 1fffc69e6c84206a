#include "services/media/upload_service.h"

#include <gtest/gtest.h>

#include "domain/media/media_keys.h"
#include "harness/media_world.h"
#include "harness/small_disk.h"
#include "ports/topics.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

Error client_left() {
    Error error;
    error.code = ErrorCode::Cancelled;
    error.message = "the client left";
    return error;
}

/// A store whose list is behind: it has all that came, and shows a byte less.
class BehindFiles final : public UploadFiles {
public:
    explicit BehindFiles(UploadFiles& files) : files_(files) {}
    bool behind = true;

    Grain grain() const override { return files_.grain(); }
    Async<> create(UploadId id) override { return files_.create(id); }
    Async<std::uint64_t> size(UploadId id) override { return files_.size(id); }
    Async<UploadWriter> begin(UploadId id, std::uint64_t offset, Kind kind) override {
        return files_.begin(id, offset, kind);
    }
    Async<std::string> append(UploadWriter writer, std::string buffer, std::size_t count) override {
        return files_.append(writer, std::move(buffer), count);
    }
    Async<> accept(UploadWriter writer) override { return files_.accept(writer); }
    Async<> discard(UploadWriter writer) override { return files_.discard(writer); }
    Async<FinishedUpload> finish(UploadId id) override {
        auto finished = co_await files_.finish(id);
        if (finished && behind) --finished->size;
        co_return finished;
    }
    Async<> remove(UploadId id) override { return files_.remove(id); }
    Async<std::vector<UploadId>> list() override { return files_.list(); }

private:
    UploadFiles& files_;
};

class UploadServiceTest : public testing::Test {
protected:
    UploadService::Part part(std::uint64_t offset, std::string_view for_sum = {},
                             Digest::Algorithm algorithm = Digest::Algorithm::Sha1) {
        UploadService::Part made;
        made.offset = offset;
        if (!for_sum.empty()) {
            Digest digest(algorithm);
            digest.update(as_bytes(for_sum));
            made.sum = UploadService::Part::Sum{algorithm, digest.finish()};
        }
        return made;
    }
    Result<UploadService::State> receive(UploadId id, UploadService::Part part, std::string bytes) {
        SaidSource source(std::move(bytes));
        return run_to_end(world_.uploads->receive(ann_, id, std::move(part), &source));
    }
    UploadId begun(std::uint64_t length) { return world_.upload(ann_, length).value().upload.id; }

    MediaWorld world_;
    const Principal ann_ = world_.account("ann");
};

TEST_F(UploadServiceTest, AFilmInTwoPartsBecomesAVideoWithAJob) {
    const auto heard = world_.listen(topics::kVideoChanged);
    const auto made = world_.upload(ann_, 10, "Der Film: \"Ende\"\n.mkv").value();
    EXPECT_EQ(made.offset, 0u);
    EXPECT_EQ(world_.video(made.upload.video).title, "Der Film: \"Ende\"");
    EXPECT_EQ(world_.video(made.upload.video).status, VideoStatus::Uploading);
    EXPECT_EQ(world_.receive(ann_, made.upload.id, 0, "01234").value().offset, 5u);
    EXPECT_EQ(world_.offset(ann_, made.upload.id), 5u);
    const auto done = world_.receive(ann_, made.upload.id, 5, "56789").value();
    EXPECT_TRUE(done.upload.completed);
    EXPECT_EQ(done.offset, 10u);
    const VideoId video = made.upload.video;
    EXPECT_EQ(world_.video(video).status, VideoStatus::Probing);
    EXPECT_EQ(world_.object(source_key(video)), "0123456789");
    EXPECT_EQ(run_to_end(world_.media.find_object(source_key(video))).value()->sha256,
              sha256(as_bytes("0123456789")));
    EXPECT_EQ(run_to_end(world_.media.jobs()).value().at(0).video, video);
    EXPECT_TRUE(run_to_end(world_.files->list()).value().empty());
    EXPECT_EQ(world_.offset(ann_, made.upload.id), 10u) << "the last answer may have been lost";
    world_.deliver();
    EXPECT_GE(heard->payloads.size(), 2u);
    EXPECT_EQ(heard->payloads.back(), video.text());
}

TEST_F(UploadServiceTest, GuestsMayNotUnlessTheOperatorSaysSo) {
    const Principal guest = world_.guest("Gus");
    EXPECT_EQ(world_.upload(guest, 10).error().code, ErrorCode::Forbidden);
    world_.upload_options.guests_may_upload = true;
    world_.restart_media();
    EXPECT_TRUE(world_.upload(guest, 10));
}

TEST_F(UploadServiceTest, WhatIsTooLargeOrTooMuchAtOnceIsRefused) {
    EXPECT_EQ(world_.upload(ann_, (64 << 20) + 1).error().code, ErrorCode::TooLarge);
    EXPECT_TRUE(world_.upload(ann_, 64 << 20));
    EXPECT_TRUE(world_.upload(ann_, 1));
    EXPECT_TRUE(world_.upload(ann_, 1));
    EXPECT_EQ(world_.upload(ann_, 1).error().reason, "too_many_uploads");
    EXPECT_EQ(run_to_end(world_.files->list()).value().size(), 3u) << "nothing is left of it";
}

TEST_F(UploadServiceTest, AnEmptyFileFailsAtOnceAndSaysWhy) {
    const auto made = world_.upload(ann_, 0).value();
    EXPECT_TRUE(made.upload.completed);
    const Video video = world_.video(made.upload.video);
    EXPECT_EQ(video.status, VideoStatus::Failed);
    EXPECT_EQ(video.error->code, "empty");
    EXPECT_TRUE(run_to_end(world_.media.jobs()).value().empty());
    EXPECT_TRUE(run_to_end(world_.files->list()).value().empty());
}

TEST_F(UploadServiceTest, AnEmptyFileOfDeferredLengthFailsToo) {
    const auto made = world_.upload(ann_, std::nullopt).value();
    UploadService::Part last = part(0);
    last.length = 0;
    ASSERT_TRUE(receive(made.upload.id, std::move(last), ""));
    EXPECT_EQ(world_.video(made.upload.video).error->code, "empty");
}

TEST_F(UploadServiceTest, AWrongOffsetChangesNothing) {
    const UploadId id = begun(10);
    ASSERT_TRUE(world_.receive(ann_, id, 0, "01234"));
    for (const std::uint64_t wrong : {0u, 4u, 6u, 10u, 11u, 4'000'000'000u}) {
        const auto refused = world_.receive(ann_, id, wrong, "x");
        ASSERT_FALSE(refused) << wrong;
        EXPECT_EQ(refused.error().reason, "wrong_offset") << wrong;
    }
    EXPECT_EQ(world_.offset(ann_, id), 5u);
    ASSERT_TRUE(world_.receive(ann_, id, 5, "56789"));
    EXPECT_EQ(world_.receive(ann_, id, 5, "x").error().reason, "wrong_offset");
    EXPECT_TRUE(world_.receive(ann_, id, 10, "")) << "asked again at its end";
}

TEST_F(UploadServiceTest, ALostClientFindsWhatArrived) {
    const UploadId id = begun(10);
    SaidSource source(std::string("0123456"));
    source.fault = client_left();
    EXPECT_EQ(world_.receive(ann_, id, 0, std::move(source)).error().code, ErrorCode::Cancelled);
    EXPECT_EQ(world_.offset(ann_, id), 7u);
    EXPECT_TRUE(world_.receive(ann_, id, 7, "789")->upload.completed);
}

TEST_F(UploadServiceTest, ARestartedServerGoesOnWhereItWasKilled) {
    const auto made = world_.upload(ann_, 10).value();
    ASSERT_TRUE(world_.receive(ann_, made.upload.id, 0, "0123456"));
    world_.restart_media();
    ASSERT_TRUE(run_to_end(world_.uploads->recover()));
    EXPECT_EQ(world_.offset(ann_, made.upload.id), 7u);
    ASSERT_TRUE(world_.receive(ann_, made.upload.id, 7, "789"));
    EXPECT_EQ(world_.object(source_key(made.upload.video)), "0123456789");
    EXPECT_EQ(run_to_end(world_.media.find_object(source_key(made.upload.video))).value()->sha256,
              sha256(as_bytes("0123456789")));
}

TEST_F(UploadServiceTest, AServerKilledBetweenTheLastByteAndTheJobFinishesAtTheNextStart) {
    const auto made = world_.upload(ann_, 4).value();
    const auto writer =
        run_to_end(world_.files->begin(made.upload.id, 0, UploadFiles::Kind::Final)).value();
    ASSERT_TRUE(run_to_end(world_.files->append(writer, std::string("film"), 4)));
    world_.restart_media();
    ASSERT_TRUE(run_to_end(world_.uploads->recover()));
    EXPECT_EQ(world_.video(made.upload.video).status, VideoStatus::Probing);
    EXPECT_EQ(world_.object(source_key(made.upload.video)), "film");

    const auto other = world_.upload(ann_, 4).value();
    const auto second =
        run_to_end(world_.files->begin(other.upload.id, 0, UploadFiles::Kind::Final)).value();
    ASSERT_TRUE(run_to_end(world_.files->append(second, std::string("next"), 4)));
    auto finished = run_to_end(world_.files->finish(other.upload.id)).value();
    ASSERT_TRUE(run_to_end(
        world_.blobs->adopt_file(source_key(other.upload.video), std::move(finished.file))));
    world_.restart_media();
    ASSERT_TRUE(run_to_end(world_.uploads->recover()));
    EXPECT_EQ(world_.video(other.upload.video).status, VideoStatus::Probing);
    EXPECT_EQ(world_.object(source_key(other.upload.video)), "next");
    EXPECT_EQ(run_to_end(world_.media.jobs()).value().size(), 2u);
}

TEST_F(UploadServiceTest, WhatArrivedWholeButCouldNotBeMovedIsMovedWhenSomebodyAsksOrByItself) {
    const auto arrive = [&] {
        const auto made = world_.upload(ann_, 4).value();
        const auto writer =
            run_to_end(world_.files->begin(made.upload.id, 0, UploadFiles::Kind::Final)).value();
        EXPECT_TRUE(run_to_end(world_.files->append(writer, std::string("film"), 4)));
        return made.upload;
    };
    const Upload asked = arrive();
    EXPECT_TRUE(run_to_end(world_.uploads->state(ann_, asked.id))->upload.completed);
    EXPECT_EQ(world_.video(asked.video).status, VideoStatus::Probing);
    const Upload left = arrive();
    EXPECT_EQ(world_.video(left.video).status, VideoStatus::Uploading);
    ASSERT_TRUE(run_to_end(world_.uploads->finish_pending()));
    EXPECT_EQ(world_.video(left.video).status, VideoStatus::Probing);
    EXPECT_EQ(world_.object(source_key(left.video)), "film");
}

TEST_F(UploadServiceTest, WhatAnotherNodeMayStillBeMovingIsLeftToItForAWhile) {
    world_.upload_options.shared = true;
    world_.restart_media();
    const auto made = world_.upload(ann_, 4).value();
    const auto writer =
        run_to_end(world_.files->begin(made.upload.id, 0, UploadFiles::Kind::Final)).value();
    EXPECT_TRUE(run_to_end(world_.files->append(writer, std::string("film"), 4)));
    world_.clock.advance(1min);
    ASSERT_TRUE(run_to_end(world_.uploads->recover()));
    EXPECT_EQ(world_.video(made.upload.video).status, VideoStatus::Uploading);
    world_.clock.advance(1min);
    ASSERT_TRUE(run_to_end(world_.uploads->finish_pending()));
    EXPECT_EQ(world_.video(made.upload.video).status, VideoStatus::Probing);
}

TEST_F(UploadServiceTest, AStoreWhoseListIsBehindCutsNoFilm) {
    const Upload upload = world_.upload(ann_, 4).value().upload;
    const auto writer =
        run_to_end(world_.files->begin(upload.id, 0, UploadFiles::Kind::Final)).value();
    ASSERT_TRUE(run_to_end(world_.files->append(writer, std::string("film"), 4)));
    BehindFiles files(*world_.files);
    UploadService uploads(
        {world_.media, files, *world_.blobs, world_.shelf, world_.bus, world_.clock, world_.random},
        world_.upload_options);
    ASSERT_TRUE(run_to_end(uploads.finish_pending()));
    EXPECT_EQ(world_.video(upload.video).status, VideoStatus::Uploading);
    files.behind = false;
    ASSERT_TRUE(run_to_end(uploads.finish_pending()));
    EXPECT_EQ(world_.video(upload.video).status, VideoStatus::Probing);
    EXPECT_EQ(world_.object(source_key(upload.video)), "film");
}

TEST_F(UploadServiceTest, AStartRemovesFilesThatNobodyKnowsAndUploadsWithoutAFile) {
    const auto stray = world_.random.make_id<UploadId>(world_.clock.wall());
    ASSERT_TRUE(run_to_end(world_.files->create(stray)));
    const auto lost = world_.upload(ann_, 10).value();
    const UploadId kept = begun(10);
    ASSERT_TRUE(run_to_end(world_.files->remove(lost.upload.id)));
    world_.clock.advance(61min);
    const auto young = world_.random.make_id<UploadId>(world_.clock.wall());
    ASSERT_TRUE(run_to_end(world_.files->create(young)));
    world_.restart_media();
    ASSERT_TRUE(run_to_end(world_.uploads->recover()));
    EXPECT_EQ(run_to_end(world_.files->list()).value(), (std::vector{kept, young}))
        << "one that begins this moment has no row yet";
    EXPECT_FALSE(run_to_end(world_.media.find(lost.upload.video)));
    EXPECT_EQ(world_.offset(ann_, kept), 0u);
}

TEST_F(UploadServiceTest, OfTwoTabsTheOneThatBeginsWhereTheFileEndsGoesOn) {
    const UploadId id = begun(12);
    std::string seen;
    SaidSource first(std::deque<std::string>{"0123", "4567", "xxxx"});
    int pieces = 0;
    // Between the second and the third piece of the first tab another tab takes over: a slow first
    // tab has its bytes stored by then.
    first.between = [&] {
        world_.clock.advance(1s);
        if (++pieces != 3) return;
        seen = world_.receive(ann_, id, 4, "late").error().reason;
        EXPECT_EQ(world_.receive(ann_, id, 8, "8901").value().offset, 12u);
    };
    const auto displaced = world_.receive(ann_, id, 0, std::move(first));
    ASSERT_FALSE(displaced);
    EXPECT_EQ(seen, "wrong_offset") << "a tab that is behind disturbs nobody";
    EXPECT_TRUE(displaced.error().reason == "taken_over" ||
                displaced.error().reason == "no_such_upload");
    const VideoId video = run_to_end(world_.uploads->state(ann_, id)).value().upload.video;
    EXPECT_EQ(world_.object(source_key(video)), "012345678901");
}

TEST_F(UploadServiceTest, AChecksumThatIsWrongThrowsThePartAway) {
    const UploadId id = begun(10);
    ASSERT_TRUE(receive(id, part(0, "01234"), "01234"));
    EXPECT_EQ(world_.offset(ann_, id), 5u);
    EXPECT_EQ(receive(id, part(5, "56789"), "56788").error().reason, "checksum_mismatch");
    EXPECT_EQ(world_.offset(ann_, id), 5u);
    ASSERT_TRUE(receive(id, part(5, "56789", Digest::Algorithm::Sha256), "56789"));
    const VideoId video = run_to_end(world_.uploads->state(ann_, id)).value().upload.video;
    EXPECT_EQ(world_.object(source_key(video)), "0123456789");
    EXPECT_EQ(run_to_end(world_.media.find_object(source_key(video))).value()->sha256,
              sha256(as_bytes("0123456789")));
}

TEST_F(UploadServiceTest, APartWithAChecksumThatBreaksOffCannotBeTrusted) {
    const UploadId id = begun(10);
    SaidSource source(std::string("0123"));
    source.fault = client_left();
    auto with_sum = part(0, "01234");
    EXPECT_FALSE(run_to_end(world_.uploads->receive(ann_, id, std::move(with_sum), &source)));
    EXPECT_EQ(world_.offset(ann_, id), 0u);
}

TEST_F(UploadServiceTest, ADeferredLengthComesWithALaterPart) {
    const UploadId id = world_.upload(ann_, std::nullopt).value().upload.id;
    ASSERT_TRUE(world_.receive(ann_, id, 0, "01234"));
    UploadService::Part wrong = part(5);
    wrong.length = 3;
    EXPECT_EQ(receive(id, wrong, "x").error().code, ErrorCode::Conflict);
    wrong.length = (64 << 20) + 1;
    EXPECT_EQ(receive(id, wrong, "x").error().code, ErrorCode::TooLarge);
    UploadService::Part last = part(5);
    last.length = 8;
    EXPECT_TRUE(receive(id, last, "567")->upload.completed);
}

TEST_F(UploadServiceTest, APartBeyondTheFilmsEndIsRefusedOrCutThere) {
    const UploadId id = begun(5);
    UploadService::Part announced = part(0);
    announced.announced = 6;
    EXPECT_EQ(receive(id, announced, "012345").error().code, ErrorCode::TooLarge);
    EXPECT_EQ(world_.offset(ann_, id), 0u);
    const auto done = receive(id, part(0), "01234 and more").value();
    EXPECT_TRUE(done.upload.completed);
    EXPECT_EQ(world_.object(source_key(done.upload.video)), "01234");
}

TEST_F(UploadServiceTest, AFilmOfUnknownLengthStopsAtTheLimit) {
    world_.upload_options.max_bytes = 10;
    world_.restart_media();
    const UploadId id = world_.upload(ann_, std::nullopt).value().upload.id;
    EXPECT_EQ(world_.receive(ann_, id, 0, "0123456789x").error().code, ErrorCode::TooLarge);
    EXPECT_EQ(world_.offset(ann_, id), 10u);
}

TEST_F(UploadServiceTest, OnlyItsOwnerSeesAnUploadAndAnAdminMayEndIt) {
    const Principal bob = world_.account("bob");  // ann came first: she is the admin
    const auto made = world_.upload(bob, 10).value();
    EXPECT_EQ(run_to_end(world_.uploads->state(ann_, made.upload.id)).error().code,
              ErrorCode::Forbidden);
    EXPECT_EQ(world_.receive(ann_, made.upload.id, 0, "x").error().code, ErrorCode::Forbidden);
    const UploadId anns = begun(10);
    EXPECT_EQ(run_to_end(world_.uploads->remove(bob, anns)).error().code, ErrorCode::Forbidden);
    EXPECT_TRUE(run_to_end(world_.uploads->remove(ann_, made.upload.id)));
    EXPECT_FALSE(run_to_end(world_.media.find(made.upload.video)));
    EXPECT_EQ(run_to_end(world_.uploads->state(bob, made.upload.id)).error().reason,
              "no_such_upload");
    EXPECT_EQ(run_to_end(world_.files->list()).value(), std::vector{anns});
}

TEST_F(UploadServiceTest, AnUploadThatIsRemovedWhileBytesArriveEnds) {
    const UploadId id = begun(10);
    SaidSource source(std::deque<std::string>{"01", "23", "45"});
    int pieces = 0;
    source.between = [&] {
        world_.clock.advance(1s);
        if (++pieces != 2) return;
        EXPECT_TRUE(run_to_end(world_.uploads->remove(ann_, id)));
    };
    EXPECT_EQ(world_.receive(ann_, id, 0, std::move(source)).error().code, ErrorCode::NotFound);
    EXPECT_TRUE(run_to_end(world_.files->list()).value().empty());
}

TEST_F(UploadServiceTest, AbandonedUploadsGoADayAfterTheirLastByte) {
    const auto made = world_.upload(ann_, 10).value();
    world_.clock.advance(20h);
    ASSERT_TRUE(world_.receive(ann_, made.upload.id, 0, "012"));
    world_.clock.advance(20h);
    ASSERT_TRUE(run_to_end(world_.uploads->expire()));
    EXPECT_EQ(world_.offset(ann_, made.upload.id), 3u);
    world_.clock.advance(4h);
    EXPECT_EQ(run_to_end(world_.uploads->state(ann_, made.upload.id)).error().reason,
              "no_such_upload");
    ASSERT_TRUE(run_to_end(world_.uploads->expire()));
    EXPECT_FALSE(run_to_end(world_.media.find(made.upload.video)));
    EXPECT_TRUE(run_to_end(world_.files->list()).value().empty());
}

TEST_F(UploadServiceTest, WhatIsCompleteOutlivesItsUpload) {
    const VideoId video = world_.film(ann_);
    world_.clock.advance(25h);
    ASSERT_TRUE(run_to_end(world_.uploads->expire()));
    EXPECT_EQ(world_.video(video).status, VideoStatus::Probing);
    EXPECT_EQ(run_to_end(world_.media.upload_of(video)).value(), std::nullopt);
}

TEST_F(UploadServiceTest, AFilmForARoomStandsInItsQueueFromTheStart) {
    UploadService::NewUpload wanted;
    wanted.length = 10;
    wanted.room = "abcde-23456";
    const auto made = run_to_end(world_.uploads->create(ann_, wanted)).value();
    ASSERT_EQ(world_.shelf.entries.size(), 1u);
    EXPECT_EQ(world_.shelf.entries[0].video, made.upload.video);
    EXPECT_EQ(world_.shelf.entries[0].room.text(), "ABCDE-23456");
    EXPECT_EQ(world_.shelf.entries[0].who, ann_.user);
    world_.shelf.refusal = client_left();
    world_.shelf.refusal->code = ErrorCode::Forbidden;
    EXPECT_EQ(run_to_end(world_.uploads->create(ann_, wanted)).error().code, ErrorCode::Forbidden);
    EXPECT_EQ(run_to_end(world_.media.all_videos(10)).value().size(), 1u) << "nothing is left";
    EXPECT_EQ(run_to_end(world_.files->list()).value().size(), 1u);
    wanted.room = "no code";
    EXPECT_EQ(run_to_end(world_.uploads->create(ann_, wanted)).error().reason, "no_such_room");
}

TEST_F(UploadServiceTest, TooLittleSpaceIsSaidBeforeAnythingIsSent) {
    world_.upload_options.spare_bytes = std::uint64_t{1} << 60;
    world_.restart_media();
    const auto refused = world_.upload(ann_, 10);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(refused.error().reason, "disk_full");
    EXPECT_EQ(refused.error().component, "objects");
}

TEST(UploadOnASmallDiskTest, AFullDiskKeepsWhatArrivedAndTheUploadGoesOnWhenThereIsRoom) {
    SmallDisk disk;
    if (!disk.mounted()) GTEST_SKIP() << "cannot mount a tmpfs here: " << disk.why_not();
    MediaWorld world;
    world.other_disk = disk.path();
    world.restart_media();
    const Principal ann = world.account("ann");
    const std::string film(3'500'000, 'f');
    const auto made = world.upload(ann, film.size()).value();
    std::ofstream(disk.path() / "ballast") << std::string(2'000'000, 'x');
    const auto full = world.receive(ann, made.upload.id, 0, film);
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().reason, "disk_full");
    const std::uint64_t kept = world.offset(ann, made.upload.id);
    EXPECT_GT(kept, 1'000'000u);
    EXPECT_LT(kept, film.size());
    EXPECT_EQ(world.video(made.upload.video).status, VideoStatus::Uploading);
    std::filesystem::remove(disk.path() / "ballast");
    EXPECT_TRUE(world.receive(ann, made.upload.id, kept, film.substr(kept))->upload.completed);
    EXPECT_EQ(world.object(source_key(made.upload.video)), film);
}

}  // namespace
}  // namespace syncwatch
