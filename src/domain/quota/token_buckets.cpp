#include "domain/quota/token_buckets.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace syncwatch {

TokenBuckets::Bucket& TokenBuckets::find_or_add(const std::string& key, Instant now) {
    const auto found = buckets_.find(key);
    if (found != buckets_.end()) {
        by_use_.splice(by_use_.end(), by_use_, found->second.place);
        return found->second;
    }
    if (buckets_.size() >= options_.capacity) {
        buckets_.erase(by_use_.front());
        by_use_.pop_front();
    }
    Bucket bucket;
    bucket.tokens = options_.burst;
    bucket.filled_at = now;
    bucket.place = by_use_.insert(by_use_.end(), key);
    return buckets_.emplace(key, bucket).first->second;
}

TokenBuckets::Bucket& TokenBuckets::bucket_of(const std::string& key, Instant now) {
    Bucket& bucket = find_or_add(key, now);
    const std::chrono::duration<double> since = now - bucket.filled_at;
    // Clocks of two threads may be read in one order and used in the other.
    if (since.count() > 0) {
        bucket.tokens =
            std::min(options_.burst, bucket.tokens + since.count() * options_.per_second);
        bucket.filled_at = now;
    }
    return bucket;
}

void TokenBuckets::charge(const std::string& key, int count, Instant now) {
    Bucket& bucket = bucket_of(key, now);
    bucket.tokens = std::max(0.0, bucket.tokens - count);
}

Result<> TokenBuckets::take(const std::string& key, Instant now) {
    Bucket& bucket = bucket_of(key, now);
    if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return {};
    }
    Error error;
    error.code = ErrorCode::Exhausted;
    error.message = "over the rate of " + key;
    error.reason = "too_many_requests";
    const std::chrono::duration<double> wait((1 - bucket.tokens) / options_.per_second);
    error.retry_after = std::chrono::ceil<std::chrono::seconds>(wait);
    return fail(std::move(error));
}

}  // namespace syncwatch
