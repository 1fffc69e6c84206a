#pragma once
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/time.h"
#include "ports/clock.h"

namespace syncwatch::http {

/// Sends players to the object store itself for segments. A player that asks again soon has got
/// nothing there, whatever was amiss, and is served here: by a node that finds what is lost.
/// Safe from any thread.
class SegmentRedirects {
public:
    /// Where the store serves an object; nullopt: not now.
    using Address = std::function<std::optional<std::string>(const std::string& key)>;
    struct Options {
        std::chrono::seconds soon{30};
        std::size_t capacity = 65'536;  ///< Redirects that are remembered.
    };

    SegmentRedirects(Address address, const Clock& clock)
        : SegmentRedirects(std::move(address), clock, Options()) {}
    SegmentRedirects(Address address, const Clock& clock, Options options)
        : address_(std::move(address)), clock_(clock), options_(options) {}

    /// Where `client` (its address) gets the object `key`; nullopt: here.
    std::optional<std::string> address_for(const std::string& client, const std::string& key);

private:
    using Asked = std::pair<std::string, std::string>;  ///< Client and key.

    bool is_first(const Asked& asked, Instant now);

    const Address address_;
    const Clock& clock_;
    const Options options_;
    std::mutex mutex_;  // Guards the two below.
    std::map<Asked, Instant> sent_;
    std::deque<std::pair<Instant, Asked>> by_age_;
};

}  // namespace syncwatch::http
