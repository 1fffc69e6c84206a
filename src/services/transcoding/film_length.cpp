#include "services/transcoding/film_length.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/log/log.h"
#include "domain/transcode/completeness.h"
#include "domain/transcode/failure.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

}  // namespace

Result<microseconds> length_of_film(VideoId video, const TranscodePlan& plan,
                                    const std::vector<TranscodeEnd>& ends) {
    microseconds pictures = microseconds::max();
    microseconds sound{};
    std::int64_t damage = 0;
    for (const TranscodeEnd& each : ends) {
        damage += each.decode_errors;
        for (const auto& [stream, end] : each.ends) {
            const bool is_picture =
                std::ranges::find(plan.pictures, stream, &PictureStream::stream) !=
                plan.pictures.end();
            if (is_picture) pictures = std::min(pictures, end);
            if (!is_picture) sound = std::max(sound, end);
        }
    }
    // Where the last picture stays while the sound goes on, only the sound tells what was there.
    const microseconds told = plan.hold > 0us ? std::min(pictures, sound) : pictures;
    const Completeness completeness = judge_length(plan.duration, told);
    log::info("transcode.read", {{"video", video.text()},
                                 {"announced_us", plan.duration.count()},
                                 {"made_us", told.count()},
                                 {"broken_places", damage}});
    if (completeness == Completeness::Damaged) {
        return fail(failure_error(
            MediaFailure::Damaged,
            fmt::format("only {} of {} us could be read", told.count(), plan.duration.count())));
    }
    return told;
}

}  // namespace syncwatch
