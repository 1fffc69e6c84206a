#include "domain/account/attempts.h"

#include <algorithm>

namespace syncwatch {
namespace {

using std::chrono::seconds;

tl::unexpected<Error> locked_out(Instant until, Instant now) {
    Error error;
    error.code = ErrorCode::Exhausted;
    error.message = "too many wrong passwords";
    error.reason = "locked_out";
    error.retry_after = std::chrono::ceil<seconds>(until - now);
    return fail(std::move(error));
}

}  // namespace

Result<> Attempts::check(const std::string& key, Instant now) const {
    const auto found = records_.find(key);
    if (found == records_.end() || found->second.locked_until <= now) return {};
    return locked_out(found->second.locked_until, now);
}

Result<> Attempts::settle(const std::string& key, bool right, Instant now) {
    SW_CHECK(check(key, now));
    auto found = records_.find(key);
    if (right) {
        if (found != records_.end()) {
            by_age_.erase(found->second.place);
            records_.erase(found);
        }
        return {};
    }
    forget_old(now);
    found = records_.find(key);
    if (found == records_.end()) {
        by_age_.push_back(key);
        found = records_.try_emplace(key).first;
        found->second.place = std::prev(by_age_.end());
    }
    Record& record = found->second;
    by_age_.splice(by_age_.end(), by_age_, record.place);
    record.last_wrong = now;
    if (++record.wrong < options_.free_tries) return {};
    // The next series is locked after a single wrong guess, for twice as long.
    const int doublings = std::min(record.locks, 20);
    record.locked_until =
        now + std::min(options_.first_lock * (1 << doublings), options_.longest_lock);
    record.wrong = options_.free_tries - 1;
    ++record.locks;
    return {};
}

void Attempts::forget_old(Instant now) {
    const auto expired = [&](const Record& record) {
        return record.last_wrong + options_.memory <= now && record.locked_until <= now;
    };
    while (!by_age_.empty()) {
        const auto oldest = records_.find(by_age_.front());
        if (records_.size() < options_.capacity && !expired(oldest->second)) return;
        records_.erase(oldest);
        by_age_.pop_front();
    }
}

}  // namespace syncwatch
