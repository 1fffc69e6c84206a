#pragma once
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapters/memory/memory_bus.h"
#include "harness/sim_world.h"

namespace syncwatch::sim {

class SimBusEnd;

/// What lies between nodes: messages are late, now and then lost, doubled or overtaken, and none
/// passes between sites that are cut off from one another.
class SimBusNet {
public:
    struct Harm {
        SimWorld::Duration most_delay{2'000};
        unsigned lost_percent = 0;
        unsigned doubled_percent = 0;
        unsigned overtaken_percent = 0;
    };

    explicit SimBusNet(SimWorld& world) : world_(world) {}

    Harm harm;

    std::shared_ptr<SimBusEnd> join(std::size_t site);
    void carry(const SimBusEnd& from, const std::string& topic, const std::string& payload);
    void cut(std::size_t one, std::size_t other) { cuts_.insert(std::minmax(one, other)); }
    /// All cuts are over; `known`: those who were cut off notice that they missed something.
    void heal(bool known);

private:
    void deliver(const std::shared_ptr<SimBusEnd>& to, Instant when, const std::string& topic,
                 const std::string& payload);
    bool is_cut(std::size_t one, std::size_t other) const {
        return cuts_.contains(std::minmax(one, other));
    }

    SimWorld& world_;
    std::uint64_t joined_ = 0;
    std::vector<std::weak_ptr<SimBusEnd>> ends_;
    std::set<std::pair<std::size_t, std::size_t>> cuts_;
    std::map<std::pair<std::uint64_t, std::uint64_t>, Instant> last_;
};

/// The bus as one life of a node has it.
class SimBusEnd final : public Bus {
public:
    SimBusEnd(SimBusNet& between, std::uint64_t own_number, std::size_t own_site)
        : number(own_number), site(own_site), net_(between) {}

    void publish(const std::string& topic, std::string payload) override {
        if (alive) net_.carry(*this, topic, payload);
        local.publish(topic, std::move(payload));
    }
    std::unique_ptr<Subscription> subscribe(const std::string& topic, net::any_io_executor executor,
                                            Handler handler) override {
        return local.subscribe(topic, std::move(executor), std::move(handler));
    }
    std::unique_ptr<Subscription> on_gap(net::any_io_executor executor,
                                         GapHandler handler) override {
        auto call = [handler = std::move(handler)](const std::string&) { handler(); };
        return local.subscribe("gap", std::move(executor), std::move(call));
    }

    const std::uint64_t number;
    const std::size_t site;
    bool alive = true;  ///< Its process is.
    MemoryBus local;

private:
    SimBusNet& net_;
};

inline std::shared_ptr<SimBusEnd> SimBusNet::join(std::size_t site) {
    auto end = std::make_shared<SimBusEnd>(*this, ++joined_, site);
    ends_.push_back(end);
    return end;
}

inline void SimBusNet::carry(const SimBusEnd& from, const std::string& topic,
                             const std::string& payload) {
    std::erase_if(ends_, [](const auto& each) { return each.expired(); });
    for (const auto& each : ends_) {
        const auto to = each.lock();
        if (to.get() == &from || !to->alive || is_cut(from.site, to->site)) continue;
        if (world_.chance(harm.lost_percent)) continue;
        Instant when = world_.now() + world_.span_between(SimWorld::Duration(0), harm.most_delay);
        Instant& last = last_[{from.number, to->number}];
        if (!world_.chance(harm.overtaken_percent)) when = last = std::max(last, when);
        deliver(to, when, topic, payload);
        if (world_.chance(harm.doubled_percent)) deliver(to, when, topic, payload);
    }
}

inline void SimBusNet::deliver(const std::shared_ptr<SimBusEnd>& to, Instant when,
                               const std::string& topic, const std::string& payload) {
    world_.at(when, [to, topic, payload] {
        if (to->alive) to->local.publish(topic, payload);
    });
}

inline void SimBusNet::heal(bool known) {
    cuts_.clear();
    if (!known) return;
    for (const auto& each : ends_) {
        if (const auto end = each.lock(); end && end->alive) end->local.publish("gap", "");
    }
}

}  // namespace syncwatch::sim
