#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "adapters/linked_bus/publisher_window.h"

namespace syncwatch {

/// What comes from all other nodes, over whichever roads: each message once, those of one publisher
/// in order. Pure.
class Inbox {
public:
    struct Options {
        PublisherWindow::Options window = {};
        /// A process that said nothing for so long is gone.
        std::chrono::minutes forget_after{10};
        std::size_t max_publishers =
            256;  ///< Over it the one that was silent longest is forgotten.
    };
    using Messages = std::vector<BusMessage>;

    explicit Inbox(Options options) : options_(options) {}

    /// What can be handed on now.
    Messages take(BusMessage message, Instant now);
    void heard(const BusBeat& beat, Instant now);
    /// What waited long enough for what did not come. A few times a second.
    Messages give_up(Instant now);

    /// Whether something may have been lost since it was asked last.
    bool take_gap() { return std::exchange(gap_, false); }
    /// Messages that were known of and never came.
    std::uint64_t lost() const { return lost_; }
    /// Messages that came again, or too late, and were passed by.
    std::uint64_t passed_by() const { return passed_by_; }

private:
    struct Publisher {
        PublisherWindow window;
        Instant heard;
    };

    /// `first`: the first number of interest if nothing was heard from it before.
    Publisher& publisher(PublisherId id, std::uint64_t first, Instant now);
    Messages count(PublisherWindow::Delivery delivery);

    const Options options_;
    std::map<PublisherId, Publisher> publishers_;
    bool gap_ = false;
    std::uint64_t lost_ = 0;
    std::uint64_t passed_by_ = 0;
};

}  // namespace syncwatch
