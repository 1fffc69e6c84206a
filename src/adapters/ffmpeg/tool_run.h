#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "adapters/ffmpeg/child_process.h"
#include "base/async/async.h"

namespace syncwatch::ffmpeg {

struct ToolOutput {
    std::string out;
    std::vector<std::string> pipes;  ///< What it wrote to descriptors 3, 4, …
    std::string errors;              ///< The end of what it said on stderr.
    ChildProcess::End end;
};

struct ToolLimits {
    std::chrono::milliseconds deadline{30'000};
    std::size_t max_output = std::size_t{8} << 20;  ///< Of each pipe.
};

/// Runs a program whose output is one small thing (a report, a picture), to its end. It is killed
/// at the deadline, when it says more than `max_output`, and when the call is cancelled.
/// Errors: Timeout, TooLarge, Cancelled, Unavailable (it cannot be run). How it ended is in the
/// answer.
Async<ToolOutput> run_tool(ChildProcess::Spec spec, ToolLimits limits);

/// Waits until the child is gone, killing it if it is not within `patience`. For callers that have
/// turned throw_if_cancelled off.
Async<ChildProcess::End> reap(ChildProcess& child, std::chrono::milliseconds patience);

}  // namespace syncwatch::ffmpeg
