#pragma once
#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "base/time.h"

namespace syncwatch {

/// Rates by key (an address, an account): so much at once, so much a second from then on. A value:
/// no clock, no lock of its own.
class TokenBuckets {
public:
    struct Options {
        double burst = 100;
        double per_second = 10;
        /// Keys kept; over it the one that was used longest ago is forgotten, and begins anew.
        std::size_t capacity = 65'536;
    };

    explicit TokenBuckets(Options options) : options_(options) {}

    /// Takes one from the key's bucket. Errors: Exhausted (reason "too_many_requests", with the
    /// time until there is one again).
    Result<> take(const std::string& key, Instant now);
    /// Takes as many as there are, up to `count`: somebody else gave them out.
    void charge(const std::string& key, int count, Instant now);
    std::size_t size() const { return buckets_.size(); }

private:
    struct Bucket {
        double tokens = 0;
        Instant filled_at{};
        std::list<std::string>::iterator place;  ///< In by_use_.
    };

    /// Filled up to `now`.
    Bucket& bucket_of(const std::string& key, Instant now);
    Bucket& find_or_add(const std::string& key, Instant now);

    const Options options_;
    std::unordered_map<std::string, Bucket> buckets_;
    std::list<std::string> by_use_;  ///< Keys, the one that was used longest ago first.
};

}  // namespace syncwatch
