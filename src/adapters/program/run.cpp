#include "adapters/program/run.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/async/cancelled.h"
#include "base/async/task_group.h"
#include "base/log/log.h"

namespace syncwatch::program {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kKeptErrors = 32 << 10;
constexpr std::size_t kLongestLine = 4 << 10;
constexpr auto kLongestStep = 20ms;

/// What the tasks of one run share.
struct Gathered {
    explicit Gathered(const net::any_io_executor& executor) : changed(executor) {}

    Ran ran;
    int reading = 0;
    bool is_late = false;
    bool is_too_large = false;
    Result<> meanwhile;
    net::steady_timer changed;  ///< Cancelled when any of these is.

    bool may_go_on() const { return !is_late && !is_too_large && meanwhile; }
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

/// Calls `take` with each piece that comes, until the pipe ends or `take` says false.
template <class Take>
net::awaitable<void> read_all(UniqueFd from, Gathered& gathered, Take take) {
    net::posix::stream_descriptor pipe(gathered.changed.get_executor(), from.release());
    std::array<char, 16 << 10> bytes;
    const auto buffer = net::buffer(bytes);
    for (;;) {
        const auto [error, count] =
            co_await pipe.async_read_some(buffer, net::as_tuple(net::use_awaitable));
        if (error || !take(std::string_view(bytes.data(), count))) break;
    }
    --gathered.reading;
    gathered.changed.cancel();
}

net::awaitable<void> gather(UniqueFd from, std::string& into, std::size_t most,
                            Gathered& gathered) {
    auto take = [&](std::string_view bytes) {
        into.append(bytes);
        gathered.is_too_large = gathered.is_too_large || into.size() > most;
        return !gathered.is_too_large;
    };
    co_await read_all(std::move(from), gathered, std::move(take));
}

net::awaitable<void> gather_errors(UniqueFd from, const HearLine& hear, Gathered& gathered) {
    Lines lines(hear);
    std::string& into = gathered.ran.errors;
    auto take = [&](std::string_view bytes) {
        into.append(bytes);
        lines.take(bytes);
        if (into.size() > kKeptErrors) into.erase(0, into.size() - kKeptErrors);
        return true;
    };
    co_await read_all(std::move(from), gathered, std::move(take));
}

net::awaitable<void> look_at_clock(std::chrono::milliseconds deadline, Gathered& gathered) {
    net::steady_timer timer(gathered.changed.get_executor());
    timer.expires_after(deadline);
    const auto [error] = co_await timer.async_wait(net::as_tuple(net::use_awaitable));
    if (error) co_return;
    gathered.is_late = true;
    gathered.changed.cancel();
}

net::awaitable<void> do_meanwhile(Async<> work, Gathered& gathered) {
    gathered.meanwhile = co_await std::move(work);
    gathered.changed.cancel();
}

void spawn_readers(Child& child, const HearLine& hear, std::size_t most, Gathered& gathered,
                   TaskGroup& tasks) {
    const auto is_there = [&](const UniqueFd& pipe) {
        if (pipe) ++gathered.reading;
        return static_cast<bool>(pipe);
    };
    if (UniqueFd out = child.take_stdout(); is_there(out)) {
        tasks.spawn("stdout", gather(std::move(out), gathered.ran.out, most, gathered));
    }
    if (UniqueFd errors = child.take_stderr(); is_there(errors)) {
        tasks.spawn("stderr", gather_errors(std::move(errors), hear, gathered));
    }
    gathered.ran.pipes.resize(child.pipes());
    for (std::size_t i = 0; i < child.pipes(); ++i) {
        UniqueFd pipe = child.take_pipe(i);
        if (!is_there(pipe)) continue;
        tasks.spawn("pipe", gather(std::move(pipe), gathered.ran.pipes[i], most, gathered));
    }
}

/// Until it has ended, or may not go on, or the call is cancelled: then true.
net::awaitable<bool> watch(Child& child, std::optional<End>& end, Gathered& gathered) {
    auto step = 1ms;
    while (gathered.may_go_on()) {
        // What was cancelled before would not be told again: look first.
        const bool cancelled = co_await is_cancelled();
        if (cancelled) co_return true;
        gathered.changed.expires_at(net::steady_timer::time_point::max());
        // While it says something it runs. What it said last is to be read before it is reaped.
        if (gathered.reading == 0) {
            end = child.try_reap();
            if (end) co_return false;
            gathered.changed.expires_after(step);
            step = std::min<std::chrono::milliseconds>(step * 2, kLongestStep);
        }
        (void)co_await gathered.changed.async_wait(net::as_tuple(net::use_awaitable));
    }
    co_return false;
}

/// The caller has seen to it that cancellation is only noted: what is started must be ended.
Async<Ran> attend_to_the_end(Child child, Limits limits, HearLine hear,
                             std::optional<Async<>> meanwhile) {
    const auto executor = co_await net::this_coro::executor;
    Gathered gathered(executor);
    TaskGroup tasks(executor, [](const std::string& task, const std::string& what) {
        log::error("program.fault", {{"task", task}, {"error", what}});
    });
    tasks.spawn("deadline", look_at_clock(limits.deadline, gathered));
    spawn_readers(child, hear, limits.max_output, gathered, tasks);
    if (meanwhile) tasks.spawn("meanwhile", do_meanwhile(*std::move(meanwhile), gathered));
    std::optional<End> end;
    const bool cancelled = co_await watch(child, end, gathered);
    const bool is_late = gathered.is_late;
    const Result<> done_meanwhile = gathered.meanwhile;
    if (!end && limits.patience == 0ms) child.kill();
    tasks.cancel();
    co_await tasks.join();
    if (!end) {
        // Asked first, so that an engine can put down its lock.
        SW_CO_TRY(end, co_await end_child(child, SIGTERM, limits.patience));
    }
    gathered.ran.end = *end;
    if (cancelled) co_return fail(ErrorCode::Cancelled, "the program was stopped");
    if (is_late) {
        co_return fail(ErrorCode::Timeout,
                       "the program took too long" +
                           (gathered.ran.errors.empty() ? "" : ": " + gathered.ran.errors));
    }
    if (!done_meanwhile) co_return fail(done_meanwhile.error());
    if (gathered.is_too_large) co_return fail(ErrorCode::TooLarge, "the program said too much");
    co_return std::move(gathered.ran);
}

}  // namespace

Async<End> end_child(Child& child, int signal, std::chrono::milliseconds patience) {
    child.signal(signal);
    net::steady_timer timer(co_await net::this_coro::executor);
    auto waited = 0ms;
    for (auto step = 1ms;; step = std::min<std::chrono::milliseconds>(step * 2, kLongestStep)) {
        if (const auto end = child.try_reap()) co_return *end;
        if (waited >= patience) child.kill();
        if (waited >= patience + 10s) co_return fail(ErrorCode::Internal, "a child does not die");
        timer.expires_after(step);
        co_await timer.async_wait(net::as_tuple(net::use_awaitable));
        waited += step;
    }
}

Async<Ran> attend(Child child, Limits limits, HearLine hear, std::optional<Async<>> meanwhile) {
    const bool throws = co_await net::this_coro::throw_if_cancelled();
    co_await net::this_coro::throw_if_cancelled(false);
    auto ran =
        co_await attend_to_the_end(std::move(child), limits, std::move(hear), std::move(meanwhile));
    co_await net::this_coro::throw_if_cancelled(throws);
    co_return ran;
}

Async<Ran> run(Spec spec, Limits limits, HearLine hear) {
    SW_CO_TRY(Child child, Child::start(spec));
    auto ran = co_await attend(std::move(child), limits, std::move(hear));
    if (!ran) co_return fail(std::move(ran).error().within(spec.program));
    co_return ran;
}

}  // namespace syncwatch::program
