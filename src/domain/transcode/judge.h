#pragma once
#include <chrono>
#include <cstdint>

#include "base/result.h"
#include "domain/transcode/source_report.h"

namespace syncwatch {

/// What a film may be. Decoders are given nothing beyond it.
struct SourceLimits {
    std::int64_t max_pixels = 8192LL * 4608;  ///< 8K in any shape.
    int max_side = 16384;
    std::chrono::seconds max_duration = std::chrono::hours(12);
    /// A file that holds less than this part of what it announces is damaged; with more, the film
    /// ends where the file does.
    double least_present = 0.9;
};

/// The stream that is the film: the default one, or else the first. Cover art is none.
/// nullptr: there is none.
const SourceVideo* main_video(const SourceReport& report);

/// Seconds the film lasts from the first picture on, as the file says it; 0: it does not say.
double announced_duration(const SourceReport& report, const SourceVideo& video);

/// Whether the file can become a film. Errors: InvalidInput, with the code of a MediaFailure as
/// reason.
Result<> judge(const SourceReport& report, const SourceLimits& limits);

}  // namespace syncwatch
