#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ports/bus.h"

namespace syncwatch {

/// The bus of a single process. Safe from any thread; outlived by its subscriptions if need be.
class MemoryBus final : public Bus {
public:
    struct Options {
        /// Messages waiting for one subscriber; over it, new ones are dropped and counted.
        std::size_t max_waiting = 16'384;
    };

    MemoryBus() : MemoryBus(Options()) {}
    explicit MemoryBus(Options options);
    ~MemoryBus() override;

    void publish(const std::string& topic, std::string payload) override;
    [[nodiscard]] std::unique_ptr<Subscription> subscribe(const std::string& topic,
                                                          net::any_io_executor executor,
                                                          Handler handler) override;
    [[nodiscard]] std::unique_ptr<Subscription> on_gap(net::any_io_executor executor,
                                                       GapHandler handler) override;

    /// Messages dropped since the start: for metrics.
    std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

private:
    struct Receiver;
    struct Topics;
    class Ticket;

    const Options options_;
    std::shared_ptr<Topics> topics_;
    std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace syncwatch
