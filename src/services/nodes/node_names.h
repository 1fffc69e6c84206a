#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "ports/bus.h"
#include "ports/clock.h"
#include "ports/random.h"

namespace syncwatch {

/// Notices that another running node was given this one's name: operators take two for one in
/// logs, metrics and health, though nothing else goes by it. Every node says its name now and then,
/// and who it is this time. Thread-safe.
class NodeNames {
public:
    struct Options {
        std::string name;
        std::chrono::milliseconds every{1000};
    };

    NodeNames(Clock& clock, Random& random, Bus& bus, Options options);

    /// Hears the other nodes, until the subscription is destroyed.
    [[nodiscard]] std::unique_ptr<Bus::Subscription> listen(net::any_io_executor executor);
    void say();
    /// Says it now and then, until it is cancelled.
    net::awaitable<void> run();

    const std::string& name() const { return options_.name; }
    /// Somebody else with this name was heard lately, and not just once: what a node that was
    /// killed said last may come late to the one that is started in its place.
    bool shared() const;

private:
    struct Other {
        Instant first;
        Instant last;
        bool told = false;  ///< In the log.
    };

    void heard(std::string_view payload);
    bool is_there(const Other& other, Instant now) const;

    Clock& clock_;
    Bus& bus_;
    const Options options_;
    const std::string life_;                            ///< Of this process.
    mutable std::mutex mutex_;                          // Guards others_.
    std::map<std::string, Other, std::less<>> others_;  ///< With this name, by their lives.
};

}  // namespace syncwatch
