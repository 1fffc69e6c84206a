#include "adapters/redis_backup/servers.h"

#include <charconv>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "adapters/redis/master.h"

namespace syncwatch::redis {
namespace {

using namespace std::chrono_literals;

/// A replica that does not have by then what the master had is not up to date.
constexpr auto kCatchUpWithin = 2s;
/// Masters ping their replicas every ten seconds (repl-ping-replica-period).
constexpr std::int64_t kMaxSilence = 15;

tl::unexpected<Error> unavailable(std::string what) {
    return fail_unavailable("redis", std::move(what), 30s);
}

/// Of a list of name, value, name, value.
std::string_view field(const Reply& map, std::string_view name) {
    for (std::size_t i = 0; i + 1 < map.list.size(); i += 2) {
        if (map.text_at(i) == name) return map.text_at(i + 1);
    }
    return {};
}

/// Nothing when a Sentinel does not take it for well.
void add_replica(const Reply& said, std::vector<Endpoint>& into) {
    const std::string_view flags = field(said, "flags");
    if (field(said, "master-link-status") != "ok" || flags.find("down") != std::string_view::npos ||
        flags.find("disconnected") != std::string_view::npos) {
        return;
    }
    Endpoint endpoint{std::string(field(said, "ip")), 0};
    const std::string_view port = field(said, "port");
    const auto [end, failed] =
        std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    if (failed == std::errc() && !endpoint.host.empty()) into.push_back(std::move(endpoint));
}

/// Why a replica is not what its master is; empty: it follows.
std::string why_behind(const Info& info) {
    if (!info.is("master_link_status", "up")) return "it has no connection to its master";
    if (!info.is("master_sync_in_progress", "0")) return "it is being copied from its master";
    if (info.number("master_last_io_seconds_ago").value_or(kMaxSilence + 1) > kMaxSilence) {
        return "it has heard nothing of its master for long";
    }
    return {};
}

}  // namespace

Async<Info> ask_info(std::shared_ptr<Connection> connection) {
    Words words{"INFO"};
    SW_CO_TRY(const Reply said, co_await connection->ask(std::move(words)));
    co_return Info(said.text);
}

Async<OpenServer> Servers::open(Endpoint endpoint) const {
    const Connection::Options options = connection_options(options_);
    auto connection = Connection::make(co_await net::this_coro::executor, options);
    ClosedAtEnd unless_open(connection);
    SW_CO_CHECK(co_await connection->open(endpoint));
    auto info = co_await ask_info(connection);
    if (!info) co_return fail(std::move(info).error().within(endpoint.text()));
    unless_open.connection.reset();
    co_return OpenServer(std::move(endpoint), std::move(connection), *std::move(info));
}

Async<Endpoint> Servers::find_master() const {
    MasterFinder::Options options;
    options.address = options_.address;
    options.trust = options_.trust;
    options.sentinel_password = options_.sentinel_password;
    options.sentinel_within = options_.connect_within;
    MasterFinder finder(std::move(options));
    co_return co_await finder.find();
}

Async<OpenServer> Servers::master() const {
    SW_CO_TRY(Endpoint endpoint, co_await find_master());
    SW_CO_TRY(OpenServer server, co_await open(std::move(endpoint)));
    if (server.is_master()) co_return std::move(server);
    co_return fail(ErrorCode::Conflict,
                   fmt::format("{} is a replica of {}:{}", server.endpoint.text(),
                               server.info.text("master_host"), server.info.text("master_port")),
                   "not_master");
}

Async<std::vector<Endpoint>> Servers::replicas() const {
    std::vector<Endpoint> found;
    for (const Endpoint& sentinel : options_.address.endpoints) {
        Connection::Options options;
        if (options_.sentinel_password) options.password = options_.sentinel_password();
        options.trust = options_.trust;
        options.connect_within = options_.connect_within;
        options.answer_within = options_.answer_within;
        auto connection = Connection::make(co_await net::this_coro::executor, std::move(options));
        const ClosedAtEnd closing(connection);
        if (!co_await connection->open(sentinel)) continue;
        Words words{"SENTINEL", "REPLICAS", options_.address.master};
        const auto said = co_await connection->ask(std::move(words));
        if (!said) continue;
        for (const Reply& each : said->list) add_replica(each, found);
        break;
    }
    co_return found;
}

Async<bool> Servers::reaches(const OpenServer& replica, std::int64_t offset) const {
    net::steady_timer timer(co_await net::this_coro::executor);
    auto waited = 0ms;
    for (auto step = 5ms; waited <= kCatchUpWithin; step = std::min(step * 2, 200ms)) {
        SW_CO_TRY(const Info info, co_await ask_info(replica.connection));
        if (!why_behind(info).empty()) co_return false;
        if (info.number("slave_repl_offset").value_or(-1) >= offset) co_return true;
        timer.expires_after(step);
        co_await timer.async_wait(net::use_awaitable);
        waited += step;
    }
    co_return false;
}

Async<OpenServer> Servers::source() const {
    if (options_.address.master.empty()) {
        const Endpoint only = options_.address.endpoints.front();
        SW_CO_TRY(OpenServer server, co_await open(only));
        if (server.is_master()) co_return std::move(server);
        const std::string why = why_behind(server.info);
        if (why.empty()) co_return std::move(server);
        co_return unavailable(
            fmt::format("{} is a replica that is not in step: {}", only.text(), why));
    }
    SW_CO_TRY(OpenServer first, co_await master());
    const auto offset = first.info.number("master_repl_offset").value_or(0);
    SW_CO_TRY(const auto candidates, co_await replicas());
    for (const Endpoint& each : candidates) {
        auto replica = co_await open(each);
        if (!replica || replica->is_master()) continue;
        const auto good = co_await reaches(*replica, offset);
        if (good && *good) co_return *std::move(replica);
    }
    co_return std::move(first);
}

}  // namespace syncwatch::redis
