#pragma once
#include <chrono>
#include <vector>

#include "domain/media/video.h"
#include "domain/transcode/plan.h"
#include "ports/transcoder.h"

namespace syncwatch {

/// How long a film became, by the ends of the runs that made all its streams. Errors:
/// MediaFailure::Damaged (much less than the file announced).
Result<std::chrono::microseconds> length_of_film(VideoId video, const TranscodePlan& plan,
                                                 const std::vector<TranscodeEnd>& ends);

}  // namespace syncwatch
