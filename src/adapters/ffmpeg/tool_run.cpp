#include "adapters/ffmpeg/tool_run.h"

#include <array>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/ffmpeg/read_end.h"
#include "adapters/ffmpeg/read_feeder.h"
#include "base/async/cancelled.h"
#include "base/async/task_group.h"
#include "base/log/log.h"

namespace syncwatch::ffmpeg {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kKeptErrors = 16 << 10;

/// What the readers of one run share.
struct Gathered {
    explicit Gathered(const net::any_io_executor& executor) : changed(executor) {}

    ToolOutput output;
    bool too_large = false;
    Result<> fed;  ///< What became of bringing what it reads.
    int reading = 0;
    net::steady_timer changed;  ///< Cancelled when a reader is done.
};

net::awaitable<void> gather(ReadEnd from, std::string& into, std::size_t most, bool keep_end,
                            Gathered& gathered) {
    std::array<std::uint8_t, 16 << 10> buffer;
    for (;;) {
        const auto count = co_await from.read(buffer);
        if (!count || *count == 0) break;
        into.append(reinterpret_cast<const char*>(buffer.data()), *count);
        if (into.size() <= most) continue;
        if (!keep_end) {
            gathered.too_large = true;
            break;
        }
        into.erase(0, into.size() - most);
    }
    --gathered.reading;
    gathered.changed.cancel();
}

net::awaitable<void> feed(UniqueFd listener, std::shared_ptr<PartialFile> file,
                          Gathered& gathered) {
    gathered.fed = co_await feed_reads(std::move(listener), std::move(file));
    gathered.changed.cancel();
}

}  // namespace

Async<ChildProcess::End> reap(ChildProcess& child, std::chrono::milliseconds patience) {
    net::steady_timer timer(co_await net::this_coro::executor);
    auto waited = 0ms;
    for (auto step = 1ms;; step = std::min(step * 2, 20ms)) {
        if (const auto end = child.try_reap()) co_return *end;
        if (waited >= patience) child.kill();
        if (waited >= patience + 10s) co_return fail(ErrorCode::Internal, "a child does not die");
        timer.expires_after(step);
        co_await timer.async_wait(net::as_tuple(net::use_awaitable));
        waited += step;
    }
}

namespace {

/// The caller has seen to it that cancellation is only noted: what is started must be ended.
Async<ToolOutput> run_to_the_end(ChildProcess::Spec spec, ToolLimits limits) {
    const auto executor = co_await net::this_coro::executor;
    SW_CO_TRY(ChildProcess child, ChildProcess::start(spec));
    Gathered gathered(executor);
    TaskGroup readers(executor, [](const std::string& task, const std::string& what) {
        log::error("tool.fault", {{"task", task}, {"error", what}});
    });
    gathered.changed.expires_after(limits.deadline);
    gathered.reading = 2 + spec.pipes;
    ToolOutput& into = gathered.output;
    into.pipes.resize(static_cast<std::size_t>(spec.pipes));
    readers.spawn("stdout", gather(ReadEnd(executor, child.take_stdout()), into.out,
                                   limits.max_output, false, gathered));
    readers.spawn("stderr", gather(ReadEnd(executor, child.take_stderr()), into.errors, kKeptErrors,
                                   true, gathered));
    for (int i = 0; i < spec.pipes; ++i) {
        readers.spawn("pipe", gather(ReadEnd(executor, child.take_pipe(i)),
                                     into.pipes[static_cast<std::size_t>(i)], limits.max_output,
                                     false, gathered));
    }

    if (spec.reads) {
        readers.spawn("reads", feed(child.take_reads(), std::move(spec.reads), gathered));
    }

    bool timed_out = false;
    bool cancelled = false;
    while (gathered.reading > 0 && !timed_out && !gathered.too_large && gathered.fed) {
        // What was cancelled before would not be told again: look first.
        cancelled = co_await is_cancelled();
        if (cancelled) break;
        const auto [error] =
            co_await gathered.changed.async_wait(net::as_tuple(net::use_awaitable));
        timed_out = !error;
    }
    if (gathered.reading > 0 || gathered.too_large) child.kill();
    const Result<> fed = gathered.fed;
    readers.cancel();
    co_await readers.join();
    SW_CO_TRY(const ChildProcess::End end, co_await reap(child, 2s));
    if (cancelled) co_return fail(ErrorCode::Cancelled, "the program was stopped");
    if (timed_out) co_return fail(ErrorCode::Timeout, "the program took too long");
    if (!fed) co_return fail(fed.error());
    if (gathered.too_large) co_return fail(ErrorCode::TooLarge, "the program said too much");
    into.end = end;
    co_return std::move(into);
}

}  // namespace

Async<ToolOutput> run_tool(ChildProcess::Spec spec, ToolLimits limits) {
    const bool throws = co_await net::this_coro::throw_if_cancelled();
    co_await net::this_coro::throw_if_cancelled(false);
    auto output = co_await run_to_the_end(std::move(spec), limits);
    co_await net::this_coro::throw_if_cancelled(throws);
    co_return output;
}

}  // namespace syncwatch::ffmpeg
