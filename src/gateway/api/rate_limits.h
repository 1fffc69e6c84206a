#pragma once
#include <mutex>
#include <optional>

#include "base/uuid.h"
#include "domain/quota/token_buckets.h"
#include "gateway/http/message.h"
#include "gateway/http/router.h"
#include "ports/clock.h"

namespace syncwatch::http {

/// Slows down whoever asks too much: by address before a call is looked at, by account once it is
/// known who calls. Guessing passwords has locks of its own (SignInGuard). Thread-safe.
class RateLimits {
public:
    struct Options {
        TokenBuckets::Options address{};  ///< Every call of the API.
        TokenBuckets::Options account{};
        TokenBuckets::Options sign_in{};  ///< Calls that cost a password's hash, by address.
        TokenBuckets::Options guest{};    ///< New guests, by address.
    };

    RateLimits(const Clock& clock, Options options);

    /// The refusal of a call that comes too early, or nothing.
    std::optional<Response> admit(const Request& request, const Route& route);
    /// Errors: Exhausted (reason "too_many_requests").
    Result<> admit(UserId user);

private:
    Result<> check(const std::string& address, RateClass rate);

    const Clock& clock_;
    std::mutex mutex_;  // Guards the buckets.
    TokenBuckets address_;
    TokenBuckets account_;
    TokenBuckets sign_in_;
    TokenBuckets guest_;
};

}  // namespace syncwatch::http
