#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "adapters/linked_bus/bus_link.h"
#include "adapters/linked_bus/inbox.h"
#include "adapters/linked_bus/link_health.h"
#include "adapters/linked_bus/outbox.h"
#include "adapters/linked_bus/road_choice.h"
#include "adapters/memory/memory_bus.h"
#include "ports/bus.h"
#include "ports/clock.h"
#include "ports/random.h"

namespace syncwatch {

/// The bus between nodes, over one road or two. While the primary answers, messages go that road;
/// when it is gone, hangs or is slow, the second takes over within two seconds, and hands back by
/// itself. Receivers listen on both and apply each message once and in order, however often it
/// came. A node's own parts hear it at once, with every road closed too.
///
/// Any thread may publish and subscribe. One mutex is held for the length of an encoding.
class LinkedBus final : public Bus {
public:
    struct Options {
        LinkHealth::Options health = {};
        RoadChoice::Options choice = {};
        Outbox::Options outbox = {};
        Inbox::Options inbox = {};
        std::chrono::milliseconds primary_beat{250};
        std::chrono::milliseconds second_beat{500};
        std::size_t max_message = std::size_t{1} << 20;  ///< Bytes; longer ones are dropped.
    };
    struct RoadStatus {
        bool fit = false;                                  ///< Beats come back within the limit.
        std::optional<std::chrono::microseconds> latency;  ///< Once round, of the last beat.
        BusLink::Status link;
    };
    struct Status {
        Road active = Road::Primary;
        bool connected = false;  ///< Nodes hear one another, over whichever road.
        WallTime since{};        ///< Of `active`.
        std::uint64_t switches = 0;
        RoadStatus primary;
        std::optional<RoadStatus> second;  ///< nullopt: there is none.
        std::size_t peers = 0;             ///< Other nodes that were heard lately.
        std::size_t waiting = 0;           ///< Messages that went no road yet.
        std::uint64_t dropped = 0;         ///< Never sent, or not taken by a part of this node.
        std::uint64_t lost = 0;            ///< Sent by others and never heard.
        std::uint64_t passed_by = 0;       ///< Heard again, or too late.
        std::uint64_t gaps = 0;            ///< How often on_gap() was called.
        /// Nothing is amiss: the primary works.
        bool well() const { return active == Road::Primary && connected; }
    };
    /// Hears of each change of `active` or `connected`, on a thread of the bus's.
    using Listener = std::function<void(const Status& status)>;

    /// `second` may be null. References outlive the bus.
    LinkedBus(Clock& clock, Random& random, std::unique_ptr<BusLink> primary,
              std::unique_ptr<BusLink> second, Options options);
    LinkedBus(const LinkedBus&) = delete;
    LinkedBus& operator=(const LinkedBus&) = delete;
    ~LinkedBus() override;

    /// Once, before start().
    void set_listener(Listener listener) { listener_ = std::move(listener); }
    /// Connects in the background. Once.
    void start();

    void publish(const std::string& topic, std::string payload) override;
    [[nodiscard]] std::unique_ptr<Subscription> subscribe(const std::string& topic,
                                                          net::any_io_executor executor,
                                                          Handler handler) override;
    [[nodiscard]] std::unique_ptr<Subscription> on_gap(net::any_io_executor executor,
                                                       GapHandler handler) override;

    Status status() const;

private:
    struct Line {
        std::unique_ptr<BusLink> link;
        LinkHealth health;
        std::chrono::milliseconds beat_every;
        std::uint64_t beats = 0;
        Instant next_beat{};
        std::uint64_t connection = 0;  ///< Counted, so that peers notice.
        bool again = false;  ///< A peer came back to the road: the latest goes it once more.
    };

    Line* line(Road road) { return lines_[static_cast<std::size_t>(road)].get(); }
    BusLink::Receiver receiver(Road road);
    void received(Road road, std::string_view bytes);
    void connected(Road road, bool is);
    /// Until the bus is destroyed: what has to happen by itself.
    void run(const std::stop_token& stop);
    // With the mutex held:
    void send_beat(Road road, Instant now);
    void heard_beat(const BusBeat& beat, Road road, Instant now);
    void choose(Instant now);
    void pump(Instant now);
    void deliver(const Inbox::Messages& messages);
    void tell_gap();
    bool is_open(Road road) const;
    Status status_now(Instant now) const;
    RoadStatus road_status(const Line& line, Instant now) const;
    /// Without it:
    void tell();

    Clock& clock_;
    const Options options_;
    PublisherId self_ = 0;
    Listener listener_;
    MemoryBus local_;
    MemoryBus gaps_;
    mutable std::mutex mutex_;  // Guards what follows; links are called with it held.
    std::array<std::unique_ptr<Line>, 2> lines_;
    RoadChoice choice_;
    Outbox outbox_;
    Inbox inbox_;
    std::uint64_t published_ = 0;
    std::uint64_t too_long_ = 0;
    std::uint64_t overflowed_ = 0;  ///< What local_ had dropped at the last look.
    std::uint64_t told_gaps_ = 0;
    Road active_ = Road::Primary;
    bool connected_ = false;
    WallTime since_;
    std::uint64_t switches_ = 0;
    bool told_connected_ = false;
    std::uint64_t told_switches_ = 0;
    std::condition_variable_any woken_;
    std::jthread thread_;
};

}  // namespace syncwatch
