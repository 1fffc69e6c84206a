#include "apps/backup/redis_source.h"

#include <chrono>
#include <utility>

#include "adapters/redis/tls.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;

/// Whether two URLs lead to the same servers: what one is told may be told to the other.
bool is_same_place(const std::string& url, const redis::Address& address) {
    const auto other = redis::parse_redis_url(url);
    return other && other->endpoints == address.endpoints;
}

}  // namespace

Result<redis::Client::Options> redis_access(const config::Settings& settings,
                                            const std::string& url) {
    redis::Client::Options options;
    SW_TRY(options.address, redis::parse_redis_url(url));
    const redis::Address& address = options.address;
    const config::Settings::Recovery& own = settings.recovery;
    const auto is_user_of = [&](const std::string& other) {
        const auto parsed = redis::parse_redis_url(other);
        return parsed && parsed->endpoints == address.endpoints && parsed->user == address.user;
    };
    if (is_user_of(own.redis_url) && !own.redis_password.empty()) {
        options.password = settings.secret("recovery.redis_password", own.redis_password);
    } else if (is_user_of(settings.bus.url) && !settings.bus.password.empty()) {
        options.password = settings.secret("bus.password", settings.bus.password);
    }
    if (is_same_place(own.redis_url, address) || is_same_place(settings.bus.url, address)) {
        options.sentinel_password =
            settings.secret("bus.sentinel_password", settings.bus.sentinel_password);
    }
    options.name = "syncwatch-backup";
    options.connect_within = 5s;
    options.answer_within = 30s;
    if (address.tls) {
        SW_TRY(options.trust, redis::load_trust(settings.bus.ca_file));
    }
    return options;
}

}  // namespace syncwatch::apps
