#include "apps/node/accounts_part.h"

#include <utility>

#include "apps/node/version.h"
#include "gateway/api/this_machine.h"

namespace syncwatch::apps {
namespace {

/// True where somebody else could come before the operator does.
bool strangers_may_come(const config::Settings& settings) {
    const std::string& url = settings.server.public_url;
    if (settings.listens_beyond_loopback()) return true;
    return !url.empty() && !http::names_this_machine(url.substr(url.find("://") + 3));
}

AccountService::Options service_options(const config::Settings& settings) {
    AccountService::Options options;
    options.sign_up = settings.accounts.sign_up;
    options.setup_token_required = strangers_may_come(settings);
    options.session_lifetime = settings.accounts.session;
    options.invitation_lifetime = settings.accounts.invitation;
    return options;
}

http::AccountApi::Options api_options(const config::Settings& settings) {
    http::AccountApi::Options options;
    options.version = kVersion;
    options.guests_may_upload = settings.accounts.guests_may_upload;
    options.guests_may_create_rooms = settings.accounts.guests_may_create_rooms;
    options.max_upload_bytes = settings.uploads.max_bytes;
    options.session_lifetime = settings.accounts.session;
    return options;
}

TokenBuckets::Options bucket(const config::Rate& rate) {
    TokenBuckets::Options options;
    options.burst = rate.burst;
    options.per_second = rate.per_second;
    return options;
}

http::RateLimits::Options limit_options(const config::Settings& settings) {
    http::RateLimits::Options options;
    options.address = bucket(settings.limits.address);
    options.account = bucket(settings.limits.account);
    options.sign_in = bucket(settings.limits.sign_in);
    options.guest = bucket(settings.limits.guest);
    return options;
}

http::Authenticator::Options authenticator_options(const config::Settings& settings,
                                                   http::RateLimits& limits) {
    http::Authenticator::Options options;
    options.public_url = settings.server.public_url;
    options.admit = [&limits](UserId user) { return limits.admit(user); };
    return options;
}

}  // namespace

AccountsPart::AccountsPart(Powers& powers, const config::Settings& settings,
                           net::any_io_executor home, Meanwhile meanwhile)
    : sealer_(meanwhile.guest_key, powers.random),
      service_(
          {powers.accounts, powers.rooms, powers.hasher, powers.audit, powers.bus(), powers.clock,
           powers.random, powers.postgres == nullptr ? nullptr : &sealer_, meanwhile.sign_outs},
          service_options(settings), std::move(home)),
      limits_(powers.clock, limit_options(settings)),
      authenticator_(service_, authenticator_options(settings, limits_)),
      api_(service_, authenticator_, api_options(settings)) {}

}  // namespace syncwatch::apps
