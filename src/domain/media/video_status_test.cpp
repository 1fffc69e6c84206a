#include "domain/media/video_status.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

TEST(VideoStatusTest, EveryWordComesBackAsItsStatus) {
    for (const VideoStatus status :
         {VideoStatus::Uploading, VideoStatus::Probing, VideoStatus::Transcoding,
          VideoStatus::Ready, VideoStatus::Failed}) {
        EXPECT_EQ(parse_video_status(text(status)), status);
    }
    EXPECT_EQ(parse_video_status("done"), std::nullopt);
}

}  // namespace
}  // namespace syncwatch
