#include "domain/transcode/remux.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "domain/transcode/ladder.h"

namespace syncwatch {
namespace {

constexpr std::array<std::string_view, 4> kProfiles = {"Constrained Baseline", "Baseline", "Main",
                                                       "High"};
/// A hole at an end that nobody notices.
constexpr double kUnnoticed = 0.05;
constexpr double kShortEnd = 0.5;

}  // namespace

bool can_copy_pictures(const SourceReport& report, const SourceVideo& video,
                       const RemuxLimits& limits) {
    if (!limits.allowed || video.codec != "h264") return false;
    if (std::ranges::find(kProfiles, video.profile) == kProfiles.end()) return false;
    if (video.level <= 0 || video.level > limits.max_level) return false;
    if (video.pixel_format != "yuv420p" && video.pixel_format != "yuvj420p") return false;
    if (video.interlaced || video.rotation != 0 || video.transfer != Transfer::Sdr) return false;
    const bool square = !video.pixel_shape.is_known() || video.pixel_shape == Rational{1, 1};
    const PictureSize stored{video.width, video.height};
    // The top rung is the film's own size only when it needs neither scaling nor cropping.
    if (!square || ladder(stored).front().size != stored) return false;
    if (!video.average_rate.is_known() || video.average_rate.value() > limits.max_rate)
        return false;
    const std::int64_t bits =
        video.bits_per_second > 0 ? video.bits_per_second : report.bits_per_second;
    if (bits <= 0 || bits > limits.max_bits_per_second) return false;
    return video.largest_keyframe_gap && *video.largest_keyframe_gap <= limits.max_keyframe_gap;
}

bool can_copy_sound(const SourceReport& report, const SourceAudio& audio, double origin,
                    double end) {
    if (!report.is_mp4() || audio.codec != "aac" || audio.profile != "LC") return false;
    if (audio.tag != "mp4a" || !audio.is_gapless) return false;
    if (audio.sample_rate != 44'100 && audio.sample_rate != 48'000) return false;
    if (audio.channels != 1 && audio.channels != 2 && audio.channels != 6) return false;
    if (!audio.start || !audio.duration) return false;
    return *audio.start - origin <= kUnnoticed &&
           end - (*audio.start + *audio.duration) <= kShortEnd;
}

}  // namespace syncwatch
