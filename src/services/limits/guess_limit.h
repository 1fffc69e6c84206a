#pragma once
#include <mutex>
#include <string>

#include "domain/account/attempts.h"
#include "services/limits/limit_sharing.h"

namespace syncwatch {

/// Locks out whoever guesses wrong too often, at all nodes that share it. See Attempts.
/// Thread-safe.
class GuessLimit {
public:
    /// `name`: among the limits that are shared.
    GuessLimit(std::string name, Attempts::Options options)
        : name_(std::move(name)), free_tries_(options.free_tries), attempts_(options) {}

    /// From now on with the other nodes. Once, before it is used; `sharing` outlives it.
    void share(LimitSharing& sharing, const Clock& clock);

    /// Errors: Exhausted (reason "locked_out", with the time left).
    Result<> check(const std::string& key, Instant now) const;
    /// Counts a wrong guess, or forgets the earlier ones after a right one. Errors: as check().
    Result<> settle(const std::string& key, bool right, Instant now);

private:
    void heard(const std::string& key, int wrong, Instant now);

    const std::string name_;
    const int free_tries_;
    LimitSharing* sharing_ = nullptr;
    mutable std::mutex mutex_;  // Guards attempts_.
    Attempts attempts_;
};

}  // namespace syncwatch
