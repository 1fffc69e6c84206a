#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "adapters/linked_bus/envelope.h"
#include "base/time.h"

namespace syncwatch {

/// What has come from one publisher, over whichever roads: hands each message on once and in order,
/// although two roads repeat and overtake. One that is missing is waited for, then given up; what
/// comes later than that is dropped, so the promise is "at most once, in order". Pure.
class PublisherWindow {
public:
    struct Options {
        /// How long the others wait for one that is missing: longer than a change of roads takes.
        std::chrono::milliseconds patience{1500};
        std::size_t max_held = 4096;  ///< Over it the missing ones are given up at once.
    };
    struct Delivery {
        std::vector<BusMessage> messages;
        std::uint64_t lost = 0;  ///< Given up before or between them.
    };

    /// `next`: the first that this node may hear; what was said before is none of its business.
    PublisherWindow(std::uint64_t next, Options options) : options_(options), next_(next) {}

    Delivery take(BusMessage message, Instant now);
    /// The publisher says that it has sent everything up to `number`.
    void expect(std::uint64_t number, Instant now);
    /// What waited long enough for its predecessors.
    Delivery give_up(Instant now);

    /// How many came a second time, or too late.
    std::uint64_t passed_by() const { return passed_by_; }

private:
    struct Held {
        BusMessage message;
        Instant since;
    };
    struct Expected {
        std::uint64_t number;
        Instant since;
    };

    void release(Delivery& into);
    void skip_to(std::uint64_t number, Delivery& into);

    const Options options_;
    std::uint64_t next_;
    std::map<std::uint64_t, Held> held_;
    std::optional<Expected> expected_;  ///< By what a beat said: it may be the end that is missing.
    std::uint64_t passed_by_ = 0;
};

}  // namespace syncwatch
