#include "services/limits/rate_limit.h"

namespace syncwatch {

void RateLimit::share(LimitSharing& sharing, const Clock& clock) {
    sharing_ = &sharing;
    sharing.serve(name_, [this, &clock](const std::string& key, int count) {
        const std::lock_guard lock(mutex_);
        buckets_.charge(key, count, clock.now());
    });
}

Result<> RateLimit::take(const std::string& key, Instant now) {
    {
        const std::lock_guard lock(mutex_);
        SW_CHECK(buckets_.take(key, now));
    }
    if (sharing_ != nullptr) sharing_->note(name_, key);
    return {};
}

}  // namespace syncwatch
