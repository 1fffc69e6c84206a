#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "ports/bus.h"
#include "ports/clock.h"
#include "ports/random.h"

namespace syncwatch {

/// What the limits of one node count is told to the other nodes, once a second, so that a limit
/// holds for all of them together: whoever goes to many nodes gets little more than at one. Nothing
/// waits for it, and while nodes do not hear one another each limits by itself. Thread-safe.
class LimitSharing {
public:
    struct Options {
        std::chrono::milliseconds every{1000};
        /// Keys told at once; the rest of a flood from everywhere is counted by each node alone.
        std::size_t max_keys = 1000;
    };
    /// Counted elsewhere: so many more, or, with none, all is forgiven.
    using Heard = std::function<void(const std::string& key, int count)>;

    LimitSharing(Clock& clock, Random& random, Bus& bus)
        : LimitSharing(clock, random, bus, Options()) {}
    LimitSharing(Clock& clock, Random& random, Bus& bus, Options options);

    /// Gives `limit`, a name of ours, what the others count under it. Before listen().
    void serve(const std::string& limit, Heard heard);
    /// Hears the other nodes, until the subscription is destroyed.
    [[nodiscard]] std::unique_ptr<Bus::Subscription> listen(net::any_io_executor executor);

    /// Here `key` (UTF-8) used up `count` more of a limit.
    void note(const std::string& limit, const std::string& key, int count = 1);
    /// Here what `key` used up was forgiven.
    void forgive(const std::string& limit, const std::string& key);

    /// Tells what was noted since the last time.
    void tell();
    /// Tells once a second, until it is cancelled.
    net::awaitable<void> run();

private:
    using Line = std::pair<std::string, std::string>;  ///< Limit and key.

    void heard(std::string_view payload) const;

    Clock& clock_;
    Bus& bus_;
    const Options options_;
    const std::string self_;  ///< Told apart from what this node said itself.
    std::map<std::string, Heard> limits_;
    std::mutex mutex_;  // Guards counts_.
    std::map<Line, int> counts_;
};

}  // namespace syncwatch
