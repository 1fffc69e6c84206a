#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace syncwatch {

/// How far a video has come; the words are those of the API, and are stored.
enum class VideoStatus : std::uint8_t { Uploading, Probing, Transcoding, Ready, Failed };

std::string_view text(VideoStatus status);
std::optional<VideoStatus> parse_video_status(std::string_view word);

}  // namespace syncwatch
