#pragma once
#include <optional>

#include "base/uuid.h"
#include "gateway/http/message.h"
#include "gateway/http/router.h"
#include "ports/clock.h"
#include "services/limits/rate_limit.h"

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

    /// From now on with the other nodes. Once, before it is used; `sharing` outlives it.
    void share(LimitSharing& sharing);

    /// The refusal of a call that comes too early, or nothing.
    std::optional<Response> admit(const Request& request, const Route& route);
    /// Errors: Exhausted (reason "too_many_requests").
    Result<> admit(UserId user);

private:
    Result<> check(const std::string& address, RateClass rate);

    const Clock& clock_;
    RateLimit address_;
    RateLimit account_;
    RateLimit sign_in_;
    RateLimit guest_;
};

}  // namespace syncwatch::http
