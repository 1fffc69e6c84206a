#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/async/async.h"

namespace syncwatch {

/// What all nodes have to know for seconds or minutes, and what may be lost: one-use tickets, how
/// often somebody tried, who takes care of what. Whoever keeps more keeps it in the database.
/// Embedded: in memory. Production: Redis. Both pass tests/contract/short_lived_store_contract.h.
/// Errors of every call: Unavailable, at once when the store is known to be away (whether the call
/// had its effect is unknown otherwise); callers go on with what their node knows by itself.
class ShortLivedStore {
public:
    using Span = std::chrono::milliseconds;  ///< More than nothing.

    virtual ~ShortLivedStore() = default;

    /// Keeps `value` for `span`, in place of what was there.
    virtual Async<> put(std::string key, std::string value, Span span) = 0;
    /// nullopt: nothing, or its time is over.
    virtual Async<std::optional<std::string>> get(std::string key) = 0;
    /// The same, and removes it: of all who ask, one gets it.
    virtual Async<std::optional<std::string>> take(std::string key) = 0;
    /// True for the first to claim the key, for `span` or until it is removed.
    virtual Async<bool> claim(std::string key, Span span) = 0;
    /// Adds to a count and gives the sum. A count begins with its first addition and ends `span`
    /// after that, however often it is added to.
    virtual Async<std::int64_t> add(std::string key, std::int64_t by, Span span) = 0;
    /// Of no key: nothing.
    virtual Async<> remove(std::string key) = 0;
};

}  // namespace syncwatch
