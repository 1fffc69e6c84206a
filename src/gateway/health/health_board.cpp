#include "gateway/health/health_board.h"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log/task_fault.h"

namespace syncwatch::http {
namespace {

using namespace std::chrono_literals;
using Status = ComponentState::Status;

constexpr auto kFreshFor = 1s;
constexpr auto kPatience = 2s;

}  // namespace

ComponentState ComponentState::of(Status status, std::string detail) {
    ComponentState state;
    state.status = status;
    state.detail = std::move(detail);
    return state;
}

std::string_view text(Status status) {
    switch (status) {
        case Status::Ok: return "ok";
        case Status::Degraded: return "degraded";
        case Status::Down: return "down";
        case Status::Off: break;
    }
    return "off";
}

HealthBoard::HealthBoard(Clock& clock, net::any_io_executor executor)
    : clock_(clock),
      executor_(executor),
      changed_(executor),
      tasks_(executor, log::task_fault("health.task_fault")) {}

void HealthBoard::add(std::string name, Check check) {
    components_.push_back({std::move(name),
                           std::move(check),
                           ComponentState::of(Status::Down, "not looked at yet"),
                           false,
                           {}});
}

net::awaitable<HealthBoard::Report> HealthBoard::report() {
    co_return co_await net::co_spawn(executor_, report_at_home(), net::use_awaitable);
}

bool HealthBoard::any_running() const {
    return std::ranges::any_of(components_, [](const Watched& each) { return each.running; });
}

net::awaitable<HealthBoard::Report> HealthBoard::report_at_home() {
    const Instant now = clock_.now();
    if (!asked_at_ || now - *asked_at_ >= kFreshFor) {
        asked_at_ = now;
        for (Watched& each : components_) {
            if (std::exchange(each.running, true)) continue;
            each.begun = now;
            tasks_.spawn(each.name, run(&each));
        }
    }
    const auto deadline = net::steady_timer::clock_type::now() + kPatience;
    while (any_running() && net::steady_timer::clock_type::now() < deadline) {
        changed_.expires_at(deadline);
        co_await changed_.async_wait(net::as_tuple(net::use_awaitable));
    }
    Report report;
    std::size_t well = 0;
    for (const Watched& each : components_) {
        const bool hangs = each.running && clock_.now() - each.begun >= kPatience;
        report.components.push_back(
            {each.name, hangs ? ComponentState::of(Status::Down, "no answer within two seconds")
                              : each.state});
        const Status status = report.components.back().state.status;
        if (status == Status::Ok) ++well;
        if (status == Status::Degraded || status == Status::Down) report.status = Status::Degraded;
    }
    if (well == 0) report.status = Status::Down;
    co_return report;
}

net::awaitable<void> HealthBoard::run(Watched* watched) {
    ComponentState state;
    try {
        state = co_await watched->check();
    } catch (const std::exception& fault) {
        state = ComponentState::of(Status::Down, fault.what());
    }
    watched->state = std::move(state);
    watched->running = false;
    changed_.cancel();
}

net::awaitable<void> HealthBoard::end() {
    tasks_.cancel();
    co_await tasks_.join();
}

}  // namespace syncwatch::http
