#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "base/async/task_group.h"
#include "ports/clock.h"
#include "services/objects/object_maker.h"

namespace syncwatch {

/// Those who wait for objects that are being made, and the makings: some at once, one for each
/// object however many ask for it. What is begun goes on when nobody waits for it any more.
///
/// Makes on its executor; asked from any thread.
class MakingQueue final : public ObjectMaker {
public:
    using Make = std::function<Async<>(std::string key)>;
    /// Further ones are refused, and whoever waits tries again.
    static constexpr std::size_t kMostAtOnce = 4;

    /// `clock` outlives it.
    MakingQueue(Clock& clock, net::any_io_executor executor, Make make);

    /// The executor runs now.
    void start() { state_ = State::Works; }
    /// Stops what is under way, and waits for its end. On the executor.
    net::awaitable<void> end();

    Async<> make_again(std::string key, Instant deadline) override;

private:
    enum class State : std::uint8_t { Idle, Works, Ends };
    using Waiting = std::function<void(Result<>)>;
    struct Making {
        int next = 0;
        std::map<int, Waiting> waiting;
    };

    Result<> check_works() const;
    void ask(const std::string& key, Instant deadline, Waiting waiting);
    net::awaitable<void> work(std::string key);
    net::awaitable<void> expire(std::string key, int number, Instant deadline);
    void settle(const std::string& key, const Result<>& outcome);

    Clock& clock_;
    net::any_io_executor executor_;
    const Make make_;
    TaskGroup tasks_;
    std::atomic<State> state_{State::Idle};
    std::mutex mutex_;  // Guards makings_.
    std::map<std::string, Making> makings_;
};

}  // namespace syncwatch
