#include "apps/node/node_bus.h"

#include <utility>

#include <fmt/format.h>

#include "adapters/postgres_bus/notify_link.h"
#include "adapters/redis/redis_link.h"
#include "adapters/redis/tls.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
using Status = http::ComponentState::Status;

Result<std::unique_ptr<BusLink>> redis_road(const config::Settings& settings, Random& random) {
    redis::RedisLink::Options options;
    SW_TRY(options.client, redis_client(settings));
    return std::make_unique<redis::RedisLink>(random, std::move(options));
}

std::unique_ptr<BusLink> postgres_road(const config::Settings& settings, Random& random) {
    if (!settings.postgres.on()) return nullptr;
    postgres::NotifyLink::Options options;
    options.url = settings.postgres.url;
    options.password = settings.secret("database.password", settings.postgres.password);
    return std::make_unique<postgres::NotifyLink>(random, std::move(options));
}

http::ComponentState state_of_link(const LinkedBus::Status& status) {
    http::ComponentState state;
    const auto latency = status.primary.latency;
    if (latency) state.latency_ms = std::chrono::duration<double, std::milli>(*latency).count();
    const std::string& why = status.primary.link.why;
    if (status.well()) {
        state.detail = fmt::format("{}, {} other nodes", status.primary.link.at, status.peers);
    } else if (status.connected) {
        state.status = Status::Degraded;
        state.detail = fmt::format("over the database since {}: {}", format_rfc3339(status.since),
                                   why.empty() ? "the first road is slow" : why);
    } else {
        state.status = Status::Down;
        state.detail = "nodes do not hear one another: " + why;
    }
    return state;
}

void write_link(metrics::Text& text, const LinkedBus::Status& status) {
    text.gauge("syncwatch_bus_well", "1 while nodes talk over the first road.",
               status.well() ? 1 : 0);
    text.gauge("syncwatch_bus_connected", "1 while nodes hear one another, over whichever road.",
               status.connected ? 1 : 0);
    text.gauge("syncwatch_bus_peers", "Other nodes that were heard lately.",
               static_cast<double>(status.peers));
    text.gauge("syncwatch_bus_waiting", "Messages that went no road yet.",
               static_cast<double>(status.waiting));
    text.counter("syncwatch_bus_switches_total", "Changes from one road to the other.",
                 static_cast<double>(status.switches));
    text.counter("syncwatch_bus_lost_total", "Messages of other nodes that never came.",
                 static_cast<double>(status.lost));
    const std::chrono::duration<double> latency = status.primary.latency.value_or(0us);
    text.gauge("syncwatch_bus_latency_seconds", "Once round the first road, lately; 0: not yet.",
               latency.count());
}

}  // namespace

Result<redis::Client::Options> redis_client(const config::Settings& settings) {
    redis::Client::Options client;
    SW_TRY(client.address, redis::parse_redis_url(settings.bus.url));
    if (!settings.bus.password.empty()) {
        client.password = settings.secret("bus.password", settings.bus.password);
    }
    client.sentinel_password =
        settings.secret("bus.sentinel_password", settings.bus.sentinel_password);
    client.name = "syncwatch-" + settings.node.name;
    if (client.address.tls) {
        SW_TRY(client.trust, redis::load_trust(settings.bus.ca_file));
    }
    return client;
}

Result<std::unique_ptr<NodeBus>> NodeBus::make(const config::Settings& settings, Clock& clock,
                                               Random& random) {
    std::unique_ptr<NodeBus> bus(new NodeBus());
    if (!settings.bus.on()) {
        bus->memory_ = std::make_unique<MemoryBus>();
        return bus;
    }
    std::unique_ptr<BusLink> first;
    std::unique_ptr<BusLink> second = postgres_road(settings, random);
    if (settings.bus.url == "postgres:") {
        first = std::move(second);
    } else {
        SW_TRY(first, redis_road(settings, random));
    }
    bus->linked_ = std::make_unique<LinkedBus>(clock, random, std::move(first), std::move(second),
                                               LinkedBus::Options());
    bus->linked_->set_listener([self = bus.get()](const LinkedBus::Status& status) {
        self->listener_.tell(status.well());
    });
    return bus;
}

void NodeBus::start() {
    if (linked_) linked_->start();
}

http::ComponentState NodeBus::state() const {
    if (linked_) return state_of_link(linked_->status());
    http::ComponentState state;
    state.detail = "in this process";
    if (const auto dropped = memory_->dropped(); dropped > 0) {
        state.status = Status::Degraded;
        state.detail += fmt::format("; {} messages were dropped since the start", dropped);
    }
    return state;
}

void NodeBus::write_metrics(metrics::Text& text) const {
    const std::uint64_t dropped = linked_ ? linked_->status().dropped : memory_->dropped();
    text.counter("syncwatch_bus_dropped_total", "Messages that a full receiver lost.",
                 static_cast<double>(dropped));
    if (linked_) write_link(text, linked_->status());
}

}  // namespace syncwatch::apps
