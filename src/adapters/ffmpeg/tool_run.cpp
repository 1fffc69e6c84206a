#include "adapters/ffmpeg/tool_run.h"

#include <utility>

#include "adapters/ffmpeg/read_feeder.h"

namespace syncwatch::ffmpeg {

Async<program::Ran> run_tool(FencedSpec spec, ToolLimits limits) {
    SW_CO_TRY(FencedChild started, start_fenced(spec));
    program::Limits of_run;
    of_run.deadline = limits.deadline;
    of_run.max_output = limits.max_output;
    of_run.patience = std::chrono::milliseconds(0);  // It has nothing to put in order.
    std::optional<Async<>> feeding;
    if (spec.reads) feeding.emplace(feed_reads(std::move(started.reads), std::move(spec.reads)));
    program::HearLine nobody_hears;
    co_return co_await program::attend(std::move(started.child), of_run, std::move(nobody_hears),
                                       std::move(feeding));
}

}  // namespace syncwatch::ffmpeg
