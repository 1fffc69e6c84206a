#include <algorithm>
#include <array>
#include <csignal>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/pgbackrest/program.h"
#include "base/async/cancelled.h"
#include "base/async/task_group.h"
#include "base/log/log.h"

namespace syncwatch::pgbackrest {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kKeptErrors = 32 << 10;
constexpr std::size_t kLongestLine = 4 << 10;

/// What the readers of one run share.
struct Gathered {
    explicit Gathered(const net::any_io_executor& executor) : changed(executor) {}

    ProgramRan ran;
    bool too_large = false;
    int reading = 2;
    net::steady_timer changed;  ///< Cancelled when a reader is done.
};

/// Hands on whole lines.
class Lines {
public:
    explicit Lines(const HearLine& hear) : hear_(hear) {}
    void take(std::string_view text) {
        if (!hear_) return;
        begun_ += text;
        std::size_t from = 0;
        for (std::size_t end = 0; (end = begun_.find('\n', from)) != std::string::npos;) {
            hear_(std::string_view(begun_).substr(from, end - from));
            from = end + 1;
        }
        begun_.erase(0, from);
        if (begun_.size() > kLongestLine) begun_.clear();
    }

private:
    const HearLine& hear_;
    std::string begun_;
};

net::awaitable<void> gather(UniqueFd from, std::string& into, std::size_t most, bool is_errors,
                            const HearLine& hear, Gathered& gathered) {
    net::posix::stream_descriptor pipe(gathered.changed.get_executor(), from.release());
    std::array<char, 16 << 10> bytes;
    Lines lines(hear);
    const auto buffer = net::buffer(bytes);
    for (;;) {
        const auto [error, count] =
            co_await pipe.async_read_some(buffer, net::as_tuple(net::use_awaitable));
        if (error) break;
        into.append(bytes.data(), count);
        if (is_errors) lines.take(std::string_view(bytes.data(), count));
        if (into.size() <= most) continue;
        if (!is_errors) {
            gathered.too_large = true;
            break;
        }
        into.erase(0, into.size() - most);
    }
    --gathered.reading;
    gathered.changed.cancel();
}

/// The caller has seen to it that cancellation is only noted: what is started must be ended.
Async<ProgramRan> run_to_the_end(ProgramSpec spec, ProgramLimits limits, HearLine hear) {
    const auto executor = co_await net::this_coro::executor;
    SW_CO_TRY(Program program, Program::start(spec));
    Gathered gathered(executor);
    TaskGroup readers(executor, [](const std::string& task, const std::string& what) {
        log::error("program.fault", {{"task", task}, {"error", what}});
    });
    gathered.changed.expires_after(limits.deadline);
    readers.spawn("stdout", gather(program.take_stdout(), gathered.ran.out, limits.max_output,
                                   false, hear, gathered));
    readers.spawn("stderr", gather(program.take_stderr(), gathered.ran.errors, kKeptErrors, true,
                                   hear, gathered));
    bool timed_out = false;
    bool cancelled = false;
    while (gathered.reading > 0 && !timed_out && !gathered.too_large) {
        // What was cancelled before would not be told again: look first.
        cancelled = co_await is_cancelled();
        if (cancelled) break;
        const auto [error] =
            co_await gathered.changed.async_wait(net::as_tuple(net::use_awaitable));
        timed_out = !error;
    }
    // Asked first, so that an engine can put down its lock; 0 asks nothing.
    const int ask = gathered.reading > 0 || gathered.too_large ? SIGTERM : 0;
    readers.cancel();
    co_await readers.join();
    SW_CO_TRY(const int code, co_await end_program(program, ask, 5s));
    gathered.ran.code = code;
    if (cancelled) co_return fail(ErrorCode::Cancelled, spec.program + " was stopped");
    if (timed_out) {
        co_return fail(ErrorCode::Timeout, spec.program + " took too long: " + gathered.ran.errors);
    }
    if (gathered.too_large) co_return fail(ErrorCode::TooLarge, spec.program + " said too much");
    co_return std::move(gathered.ran);
}

}  // namespace

Async<int> end_program(Program& program, int signal, std::chrono::milliseconds patience) {
    program.signal(signal);
    net::steady_timer timer(co_await net::this_coro::executor);
    auto waited = 0ms;
    for (auto step = 1ms;; step = std::min(step * 2, 20ms)) {
        if (const auto code = program.try_reap()) co_return *code;
        if (waited >= patience) program.kill();
        if (waited >= patience + 10s) co_return fail(ErrorCode::Internal, "a child does not die");
        timer.expires_after(step);
        co_await timer.async_wait(net::as_tuple(net::use_awaitable));
        waited += step;
    }
}

Async<ProgramRan> run_program(ProgramSpec spec, ProgramLimits limits, HearLine hear) {
    const bool throws = co_await net::this_coro::throw_if_cancelled();
    co_await net::this_coro::throw_if_cancelled(false);
    auto ran = co_await run_to_the_end(std::move(spec), limits, std::move(hear));
    co_await net::this_coro::throw_if_cancelled(throws);
    co_return ran;
}

}  // namespace syncwatch::pgbackrest
