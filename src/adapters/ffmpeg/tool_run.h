#pragma once
#include <chrono>

#include "adapters/ffmpeg/fenced_child.h"
#include "adapters/program/run.h"
#include "base/async/async.h"

namespace syncwatch::ffmpeg {

struct ToolLimits {
    std::chrono::milliseconds deadline{30'000};
    std::size_t max_output = std::size_t{8} << 20;  ///< Of each pipe.
};

/// Runs a program whose output is one small thing (a report, a picture), to its end. It is killed
/// at the deadline, when it says more than `max_output`, and when the call is cancelled.
/// Errors: Timeout, TooLarge, Cancelled, Unavailable (it cannot be run). How it ended is in the
/// answer.
Async<program::Ran> run_tool(FencedSpec spec, ToolLimits limits);

}  // namespace syncwatch::ffmpeg
