#include "domain/transcode/judge.h"

#include <algorithm>

#include <fmt/format.h>

#include "domain/transcode/failure.h"

namespace syncwatch {
namespace {

tl::unexpected<Error> refuse(MediaFailure failure, std::string detail) {
    return fail(failure_error(failure, std::move(detail)));
}

Result<> judge_pictures(const SourceVideo& video, const SourceLimits& limits) {
    if (video.tag == "encv" || video.tag == "drmi") {
        return refuse(MediaFailure::Protected, "the pictures are encrypted: " + video.tag);
    }
    if (video.codec.empty() || video.codec == "none" || video.codec == "unknown" ||
        !video.is_decodable) {
        return refuse(MediaFailure::UnsupportedCodec,
                      "no decoder for " + video.codec + " (" + video.tag + ")");
    }
    if (video.width <= 0 || video.height <= 0) {
        return refuse(MediaFailure::Damaged, video.codec + " without a picture size");
    }
    const std::int64_t pixels = std::int64_t{video.width} * video.height;
    if (pixels > limits.max_pixels || std::max(video.width, video.height) > limits.max_side) {
        return refuse(MediaFailure::TooManyPixels, fmt::format("{}x{}", video.width, video.height));
    }
    return {};
}

}  // namespace

const SourceVideo* main_video(const SourceReport& report) {
    const SourceVideo* first = nullptr;
    for (const SourceVideo& each : report.videos) {
        if (each.is_picture) continue;
        if (each.is_default) return &each;
        if (first == nullptr) first = &each;
    }
    return first;
}

double announced_duration(const SourceReport& report, const SourceVideo& video) {
    if (video.duration && *video.duration > 0) return *video.duration;
    if (!report.duration) return 0;
    const double late = video.start.value_or(report.start) - report.start;
    return std::max(0.0, *report.duration - std::max(0.0, late));
}

Result<> judge(const SourceReport& report, const SourceLimits& limits) {
    const SourceVideo* video = main_video(report);
    if (video == nullptr) {
        return refuse(MediaFailure::NoVideo,
                      fmt::format("{} pictures, {} audio streams, {} others", report.videos.size(),
                                  report.audios.size(), report.other_streams));
    }
    SW_CHECK(judge_pictures(*video, limits));
    const double seconds =
        std::max(announced_duration(report, *video), report.duration.value_or(0));
    if (seconds > static_cast<double>(limits.max_duration.count())) {
        return refuse(MediaFailure::TooLong, fmt::format("{:.0f} s", seconds));
    }
    if (report.present < limits.least_present) {
        return refuse(MediaFailure::Damaged,
                      fmt::format("cut off: {:.1f} % of it is there", report.present * 100));
    }
    return {};
}

}  // namespace syncwatch
