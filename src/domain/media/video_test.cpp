#include "domain/media/video.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

TEST(VideoTest, IsPlayableAsSoonAsSomethingCanBeSeenAndNotWhenItFailed) {
    Video video;
    video.status = VideoStatus::Transcoding;
    EXPECT_FALSE(video.is_playable());
    video.playable_until = MediaTime(2);
    EXPECT_TRUE(video.is_playable());
    video.status = VideoStatus::Ready;
    EXPECT_TRUE(video.is_playable());
    video.status = VideoStatus::Failed;
    EXPECT_FALSE(video.is_playable());
}

}  // namespace
}  // namespace syncwatch
