#include "apps/notify/crier.h"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

namespace syncwatch::apps {

Crier::Crier(const recovery::Plan& plan, Clock& clock) : channels_(plan, clock) {
    thread_.run();
}

Crier::~Crier() {
    (void)wait();
    thread_.stop();
}

void Crier::tell(const OpenChannels::Outlet& outlet, const Notice& notice) {
    Notice copy = notice;
    auto told =
        net::co_spawn(thread_.executor(0), outlet.notifier->tell(std::move(copy)), net::use_future);
    pending_.push_back({outlet.channel.name, recovery::word(outlet.channel.kind), std::move(told)});
}

void Crier::cry(const Notice& notice, const std::string& only) {
    for (const OpenChannels::Outlet& each : channels_.outlets()) {
        const auto& about = each.channel.about;
        const bool is_wanted = std::ranges::find(about, notice.severity) != about.end();
        if (is_wanted && (only.empty() || only == each.channel.name)) tell(each, notice);
    }
}

void Crier::try_all(const Notice& notice, const std::string& only) {
    for (const OpenChannels::Outlet& each : channels_.outlets()) {
        if (only.empty() || only == each.channel.name) tell(each, notice);
    }
    const bool beats = channels_.pulse() != nullptr && (only.empty() || only == "heartbeat");
    if (!beats) return;
    auto heard = net::co_spawn(thread_.executor(0), channels_.pulse()->beat(true), net::use_future);
    pending_.push_back({"heartbeat", "heartbeat", std::move(heard)});
}

std::vector<Crier::Heard> Crier::wait() {
    std::vector<Heard> all;
    for (Pending& each : std::exchange(pending_, {})) {
        all.push_back({each.channel, each.kind, each.outcome.get()});
    }
    return all;
}

}  // namespace syncwatch::apps
