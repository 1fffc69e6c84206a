#include <boost/asio/this_coro.hpp>

#include "adapters/redis/master.h"
#include "apps/doctor/looks.h"
#include "apps/node/node_bus.h"
#include "base/async/run_to_end.h"

namespace syncwatch::apps {
namespace {

constexpr const char* kBus = "bus";

/// Where the master is, once it let us in.
Async<std::string> look(redis::Client::Options options) {
    redis::MasterFinder finder({options.address, options.trust, options.sentinel_password});
    SW_CO_TRY(const redis::Endpoint master, co_await finder.find());
    auto wanted = redis::connection_options(options);
    auto connection = redis::Connection::make(co_await net::this_coro::executor, std::move(wanted));
    const redis::ClosedAtEnd closing(connection);
    SW_CO_CHECK(co_await connection->open(master));
    if (finder.has_sentinels()) SW_CO_CHECK(co_await redis::check_is_master(connection));
    co_return master.text();
}

}  // namespace

void look_at_bus(const config::Settings& settings, Findings& findings) {
    // Over PostgreSQL: look_at_postgres. In this process: nothing to see.
    if (!settings.bus.on() || settings.bus.url == "postgres:") return;
    auto options = redis_client(settings);
    const auto there = options ? run_to_end(look(*std::move(options)))
                               : Result<std::string>(fail(options.error()));
    if (there) return findings.well(kBus, "Redis at " + *there + " lets us in");
    findings.problem(kBus, there.error().message,
                     "Look at bus.url, bus.password_file and bus.ca_file, and whether the server "
                     "runs. Until then nodes talk over the database.");
}

}  // namespace syncwatch::apps
