#pragma once
#include <mutex>
#include <string>

#include "domain/quota/token_buckets.h"
#include "services/limits/limit_sharing.h"

namespace syncwatch {

/// Slows down whoever asks too often, at all nodes that share it. See TokenBuckets. Thread-safe.
class RateLimit {
public:
    /// `name`: among the limits that are shared.
    RateLimit(std::string name, TokenBuckets::Options options)
        : name_(std::move(name)), buckets_(options) {}

    /// From now on with the other nodes. Once, before it is used; `sharing` outlives it.
    void share(LimitSharing& sharing, const Clock& clock);

    /// Errors: Exhausted (reason "too_many_requests", with the time until there is one again).
    Result<> take(const std::string& key, Instant now);

private:
    const std::string name_;
    LimitSharing* sharing_ = nullptr;
    std::mutex mutex_;  // Guards buckets_.
    TokenBuckets buckets_;
};

}  // namespace syncwatch
