#pragma once
#include "adapters/system/sodium_sealer.h"
#include "apps/config/settings.h"
#include "apps/node/powers.h"
#include "gateway/api/account_api.h"
#include "gateway/api/authenticator.h"
#include "gateway/api/rate_limits.h"
#include "services/accounts/account_service.h"

namespace syncwatch::apps {

/// Accounts, guests and sessions; who a request comes from, and whether they ask too much.
class AccountsPart {
public:
    /// What is needed while the database is away.
    struct Meanwhile {
        KeyStore::Key guest_key;  ///< Seals the tokens of guests who come.
        SignOutSpool* sign_outs;  ///< As in AccountService::Powers.
    };

    /// `home`: the executor that hears of sessions that end elsewhere.
    AccountsPart(Powers& powers, const config::Settings& settings, net::any_io_executor home,
                 Meanwhile meanwhile);

    AccountService& service() { return service_; }
    http::Authenticator& authenticator() { return authenticator_; }
    http::RateLimits& limits() { return limits_; }
    void add_routes(http::Router& router) { api_.add_routes(router); }

private:
    SodiumSealer sealer_;
    AccountService service_;
    http::RateLimits limits_;
    http::Authenticator authenticator_;
    http::AccountApi api_;
};

}  // namespace syncwatch::apps
