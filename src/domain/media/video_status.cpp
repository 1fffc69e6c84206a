#include "domain/media/video_status.h"

#include <array>
#include <utility>

namespace syncwatch {
namespace {

constexpr std::array<std::pair<VideoStatus, std::string_view>, 5> kWords{
    {{VideoStatus::Uploading, "uploading"},
     {VideoStatus::Probing, "probing"},
     {VideoStatus::Transcoding, "transcoding"},
     {VideoStatus::Ready, "ready"},
     {VideoStatus::Failed, "failed"}}};

}  // namespace

std::string_view text(VideoStatus status) {
    for (const auto& [each, word] : kWords) {
        if (each == status) return word;
    }
    return {};
}

std::optional<VideoStatus> parse_video_status(std::string_view word) {
    for (const auto& [status, each] : kWords) {
        if (each == word) return status;
    }
    return std::nullopt;
}

}  // namespace syncwatch
