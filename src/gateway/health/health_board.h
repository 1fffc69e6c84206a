#pragma once
#include <atomic>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/async/async.h"
#include "base/async/task_group.h"
#include "ports/clock.h"

namespace syncwatch::http {

/// How one thing that the node depends on does.
struct ComponentState {
    enum class Status : std::uint8_t {
        Ok,
        Degraded,  ///< It works, less well than it should.
        Down,
        Off,  ///< Not configured.
    };
    Status status = Status::Ok;
    std::optional<double> latency_ms;
    std::string detail;

    static ComponentState of(Status status, std::string detail = {});
};
std::string_view text(ComponentState::Status status);

/// Looks at the components when somebody asks, at most once a second, and never waits for one that
/// hangs: what does not answer within two seconds is down. Safe from any thread.
class HealthBoard {
public:
    /// Runs on the board's executor. May take as long as it likes; what it throws is Down.
    using Check = std::function<net::awaitable<ComponentState>()>;
    enum class Phase : std::uint8_t { Starting, Ready, Draining };
    struct Component {
        std::string name;
        ComponentState state;
    };
    struct Report {
        ComponentState::Status status = ComponentState::Status::Ok;
        std::vector<Component> components;
    };

    HealthBoard(Clock& clock, net::any_io_executor executor);

    /// Before the first report.
    void add(std::string name, Check check);
    /// The state of every component, in the order they were added. Degraded when one of them is
    /// not well: the rest goes on without it. Down when nothing is.
    net::awaitable<Report> report();

    void set_phase(Phase phase) { phase_.store(phase); }
    Phase phase() const { return phase_.load(); }

    /// Waits for checks under way. On the board's executor.
    net::awaitable<void> end();

private:
    struct Watched {
        std::string name;
        Check check;
        ComponentState state;
        bool running = false;
        Instant begun{};
    };

    net::awaitable<Report> report_at_home();
    net::awaitable<void> run(Watched* watched);
    bool any_running() const;

    Clock& clock_;
    net::any_io_executor executor_;
    std::atomic<Phase> phase_{Phase::Starting};
    // All below on the board's executor.
    std::list<Watched> components_;
    std::optional<Instant> asked_at_;
    net::steady_timer changed_;
    TaskGroup tasks_;
};

}  // namespace syncwatch::http
