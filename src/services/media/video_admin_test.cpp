#include "services/media/video_admin.h"

#include <gtest/gtest.h>

#include "harness/media_world.h"
#include "ports/topics.h"

namespace syncwatch {
namespace {

class VideoAdminTest : public testing::Test {
protected:
    VideoAdmin admin() {
        return VideoAdmin(
            {world_.media, world_.media, world_.audit, world_.bus, world_.clock, world_.random});
    }

    MediaWorld world_;
    Principal owner_ = world_.account("alice");
};

TEST_F(VideoAdminTest, EveryFilmIsListedTheNewestFirst) {
    const VideoId first = world_.film(owner_);
    world_.clock.advance(std::chrono::seconds(1));
    const VideoId second = world_.film(world_.account("bob"));
    const auto found = run_to_end(admin().list()).value();
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].id, second);
    EXPECT_EQ(found[1].id, first);
}

TEST_F(VideoAdminTest, AFilmThatIsRemovedIsGoneAndItsObjectsFollow) {
    const VideoId id = world_.film(owner_);
    world_.transcode(id);
    const auto heard = world_.listen(topics::kVideoChanged);
    EXPECT_EQ(run_to_end(admin().remove(id))->id, id);
    world_.deliver();
    EXPECT_EQ(heard->payloads, (std::vector<std::string>{id.text()}));
    EXPECT_EQ(run_to_end(admin().find(id)).error().reason, "no_such_video");
    EXPECT_EQ(run_to_end(admin().remove(id)).error().reason, "no_such_video");
    EXPECT_EQ(world_.audited().back(), "video.deleted " + id.text());
    EXPECT_TRUE(run_to_end(world_.library->remove_doomed()));
    EXPECT_FALSE(run_to_end(world_.blobs->list(video_prefix(id))).value().empty());
    EXPECT_EQ(run_to_end(admin().purge_all(world_.clock.wall())).value(), 0u) << "not before now";
    world_.clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(run_to_end(admin().purge_all(world_.clock.wall())).value(), 1u);
    EXPECT_EQ(world_.audited().back(), "video.purged " + id.text());
    EXPECT_TRUE(run_to_end(world_.library->remove_doomed()));
    EXPECT_TRUE(run_to_end(world_.blobs->list(video_prefix(id))).value().empty());
}

TEST_F(VideoAdminTest, AFilmComesBackOutOfTheTrashOnceAndMayBeAskedForTwice) {
    const VideoId id = world_.film(owner_);
    world_.transcode(id);
    ASSERT_TRUE(run_to_end(admin().remove(id)));
    EXPECT_EQ(run_to_end(admin().deleted()).value().at(0).video.id, id);
    const auto heard = world_.listen(topics::kTrashChanged);
    EXPECT_EQ(run_to_end(admin().undelete(id))->status, VideoStatus::Ready);
    EXPECT_EQ(world_.audited().back(), "video.undeleted " + id.text());
    EXPECT_EQ(run_to_end(admin().undelete(id))->id, id);
    world_.deliver();
    EXPECT_EQ(heard->payloads, (std::vector<std::string>{id.text()})) << "and not again";
    EXPECT_TRUE(run_to_end(admin().find(id)));
    ASSERT_TRUE(run_to_end(admin().remove(id)));
    EXPECT_EQ(run_to_end(admin().purge(id))->id, id) << "out of the trash";
    EXPECT_EQ(run_to_end(admin().undelete(id)).error().reason, "no_such_video");
    EXPECT_EQ(run_to_end(admin().purge(id)).error().reason, "no_such_video");
}

TEST_F(VideoAdminTest, OnlyAFilmThatFailedIsTriedAgain) {
    const VideoId id = world_.film(owner_);
    EXPECT_EQ(run_to_end(admin().retry(id)).error().reason, "not_failed");
    ASSERT_TRUE(run_to_end(world_.library->cancel(owner_, id)));
    EXPECT_EQ(run_to_end(admin().retry(id))->status, VideoStatus::Probing);
}

}  // namespace
}  // namespace syncwatch
