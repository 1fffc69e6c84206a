#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/transcode/plan.h"

namespace syncwatch {

/// The plan as lines of words, to be kept with its job:
///
///     plan 1
///     source VIDEO ORIGIN_US FILE_START_US DURATION_US HOLD_US
///     frames RATE SEGMENT_FRAMES progressive|interlaced sdr|pq|hlg
///     encode PRESET QUALITY
///     picture STREAM NAME WIDTH HEIGHT copy|encode PEAK_BITS LEVEL
///     sound STREAM SOURCE copy|encode CHANNELS SAMPLE_RATE BITS BEGINS_US
///     text ID SOURCE
std::string plan_text(const TranscodePlan& plan);

/// Errors: Corrupt: not a plan of this form.
Result<TranscodePlan> parse_plan(std::string_view text);

}  // namespace syncwatch
