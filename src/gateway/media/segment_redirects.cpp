#include "gateway/media/segment_redirects.h"

namespace syncwatch::http {

std::optional<std::string> SegmentRedirects::address_for(const std::string& client,
                                                         const std::string& key) {
    {
        const std::lock_guard lock(mutex_);
        if (!is_first({client, key}, clock_.now())) return std::nullopt;
    }
    return address_(key);
}

bool SegmentRedirects::is_first(const Asked& asked, Instant now) {
    const auto is_old = [&] { return by_age_.front().first + options_.soon <= now; };
    while (!by_age_.empty() && (is_old() || by_age_.size() >= options_.capacity)) {
        sent_.erase(by_age_.front().second);
        by_age_.pop_front();
    }
    if (!sent_.emplace(asked, now).second) return false;
    by_age_.emplace_back(now, asked);
    return true;
}

}  // namespace syncwatch::http
