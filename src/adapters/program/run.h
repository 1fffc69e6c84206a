#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/program/child.h"
#include "base/async/async.h"

namespace syncwatch::program {

/// What a program that ran to its end said on what Spec left to pipes.
struct Ran {
    End end;
    std::string out;                 ///< All of it.
    std::vector<std::string> pipes;  ///< All that it wrote to descriptors 3, 4, …
    std::string errors;              ///< The end of what it said on stderr.
};

struct Limits {
    std::chrono::milliseconds deadline{60'000};
    std::size_t max_output = std::size_t{256} << 20;  ///< Of each pipe; of stderr the end is kept.
    /// Between asking it to end (SIGTERM) and killing it; 0: it is not asked.
    std::chrono::milliseconds patience{5'000};
};

/// Hears of each line on stderr as it comes.
using HearLine = std::function<void(std::string_view line)>;

/// Runs it to its end. At the deadline, when it says too much, and when the call is cancelled, it
/// is asked to end and killed soon after. However it ended is in the answer. Errors: Timeout,
/// TooLarge, Cancelled, as Child::start().
Async<Ran> run(Spec spec, Limits limits, HearLine hear = {});

/// The same for one that was started, and of which no pipe was taken. `meanwhile` is done as long
/// as it runs; when that fails, so does the run, with its error.
Async<Ran> attend(Child child, Limits limits, HearLine hear = {},
                  std::optional<Async<>> meanwhile = std::nullopt);

/// Sends it a signal, 0 for none, and waits until it is gone, killing it if it is not within
/// `patience`. For callers that have turned throw_if_cancelled off, or are content with its
/// destructor.
Async<End> end_child(Child& child, int signal, std::chrono::milliseconds patience);

}  // namespace syncwatch::program
