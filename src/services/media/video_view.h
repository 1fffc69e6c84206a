#pragma once
#include <optional>

#include "domain/media/video.h"
#include "services/media/media_links.h"
#include "services/media/upload_service.h"

namespace syncwatch {

/// A video as its owner sees it: with how far its upload is, and where it can be watched.
struct VideoView {
    Video video;
    std::optional<UploadService::State> upload;  ///< While it uploads.
    MediaLinks::Signed link;

    /// Of the upload or the transcode that is under way, 0 to 1; nullopt: nothing is, or nobody
    /// knows.
    std::optional<double> progress() const;
};

/// Names behind VideoView::link for what players fetch.
inline constexpr std::string_view kMasterName = "/master.m3u8";
inline constexpr std::string_view kPosterName = "/poster.jpg";
inline constexpr std::string_view kSpriteName = "/sprite.vtt";
std::string subtitle_path(const MediaLinks::Signed& link, const SubtitleTrack& track);

}  // namespace syncwatch
