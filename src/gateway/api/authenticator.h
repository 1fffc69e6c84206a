#pragma once
#include <functional>
#include <optional>
#include <string>

#include "domain/account/principal.h"
#include "gateway/http/message.h"

namespace syncwatch {
class AccountService;
}

namespace syncwatch::http {

inline constexpr std::string_view kSessionCookie = "syncwatch_session";

/// Finds out who sent a request: `Authorization: Bearer TOKEN`, or the session cookie. A cookie is
/// sent by the browser whoever asks it to, so a write that comes with one must carry the Origin of
/// this very site. Safe from any thread.
class Authenticator {
public:
    struct Options {
        /// Scheme, host and port that users see ("https://watch.example"), where a proxy hides
        /// them; empty: taken from the request's Host.
        std::string public_url;
        /// Asked for everybody who was found; may be empty. Errors: Exhausted.
        std::function<Result<>(UserId user)> admit = {};
    };

    Authenticator(AccountService& accounts, Options options);

    /// Errors: Unauthenticated (no token, or a dead one), Forbidden (reason "bad_origin"),
    /// Exhausted (too many calls), Unavailable.
    Async<Principal> principal(const Request& request);

    /// For reads that a stranger may make too: nullopt for nobody and for a session that ended.
    /// Errors: Unavailable.
    Async<std::optional<Principal>> optional_principal(const Request& request);

    /// The token that the request carries, wherever it carries it.
    static std::optional<std::string> token(const Request& request);

    /// For writes that need no account but set a cookie (sign-in, guests): an Origin that is there
    /// must be this site's. Errors: Forbidden.
    Result<> check_origin(const Request& request) const;

    /// True if the cookie must be marked Secure.
    bool secure(const Request& request) const;

private:
    bool is_own_origin(const Request& request, std::string_view origin) const;

    AccountService& accounts_;
    const Options options_;
};

}  // namespace syncwatch::http
