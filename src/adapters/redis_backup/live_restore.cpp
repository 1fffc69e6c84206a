#include "adapters/redis_backup/live_restore.h"

#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "adapters/redis_backup/key_copy.h"
#include "adapters/redis_backup/redis_snapshot.h"
#include "adapters/redis_backup/replica_stream.h"
#include "adapters/redis_backup/scratch_server.h"
#include "adapters/redis_backup/servers.h"

namespace syncwatch::redis {
namespace {

using namespace std::chrono_literals;

/// Both ends of a value's way: the largest take long.
constexpr auto kAnswerWithin = 120s;

LiveServer what_runs(const OpenServer& server) {
    LiveServer out;
    out.at = server.endpoint.text();
    out.run_id = server.info.text("run_id");
    out.version = server.info.text("redis_version");
    out.keys = server.info.keys();
    out.append_only = server.info.is("aof_enabled", "1");
    out.replicas = server.info.number("connected_slaves").value_or(0);
    return out;
}

Async<OpenServer> open_master(const Servers& servers) {
    SW_CO_TRY(OpenServer server, co_await servers.master());
    const std::string at = server.endpoint.text();
    if (server.info.is("cluster_enabled", "1")) {
        co_return fail(ErrorCode::Conflict, at + " is part of a cluster", "redis_cluster");
    }
    if (!server.info.is("loading", "0")) {
        co_return fail(ErrorCode::Conflict, at + " is still loading its data", "redis_loads");
    }
    co_return std::move(server);
}

/// Waits for what a server does in the background. `going` and `bad` are fields of INFO.
Async<> finished(std::shared_ptr<Connection> connection, std::string going, std::string state,
                 std::chrono::milliseconds within) {
    net::steady_timer timer(co_await net::this_coro::executor);
    auto waited = 0ms;
    for (auto step = 20ms; waited < within; step = std::min(step * 2, 500ms)) {
        timer.expires_after(step);
        co_await timer.async_wait(net::use_awaitable);
        waited += step;
        SW_CO_TRY(const Info info, co_await ask_info(connection));
        // One that was asked for may have to wait for another.
        const bool waits = info.is("aof_rewrite_scheduled", "1");
        if (!info.is(going, "0") || waits) continue;
        if (info.is(state, "ok")) co_return Result<>();
        co_return fail_unavailable("redis", fmt::format("{} is {}", state, info.text(state)), 30s);
    }
    co_return fail(ErrorCode::Timeout, fmt::format("{} does not end", going));
}

/// Whatever the server keeps on its disk is what was brought back. What was asked for is done last:
/// until then a restart reads what it read before.
Async<> settle(std::shared_ptr<Connection> connection, bool turn_on,
               std::chrono::milliseconds within, BroughtBack& out) {
    SW_CO_TRY(const Info info, co_await ask_info(connection));
    out.append_only = info.is("aof_enabled", "1");
    if (out.append_only) {
        // It took each key as it came.
        if (info.is("aof_last_write_status", "ok")) co_return Result<>();
        co_return fail_unavailable("redis", "the server cannot write its append-only file", 30s);
    }
    if (turn_on) {
        Words on{"CONFIG", "SET", "appendonly", "yes"};
        SW_CO_CHECK(co_await connection->ask(std::move(on)));
        SW_CO_CHECK(co_await finished(connection, "aof_rewrite_in_progress",
                                      "aof_last_bgrewrite_status", within));
        Words rewrite{"CONFIG", "REWRITE"};
        // A server that was started without a file has none to write.
        const auto written = co_await connection->ask(std::move(rewrite));
        out.wrote_config = written.has_value();
        out.append_only = true;
        co_return Result<>();
    }
    Words get{"CONFIG", "GET", "save"};
    SW_CO_TRY(const Reply rules, co_await connection->ask(std::move(get)));
    if (rules.text_at(1).empty()) co_return Result<>();
    Words save{"BGSAVE", "SCHEDULE"};
    SW_CO_CHECK(co_await connection->ask(std::move(save)));
    SW_CO_CHECK(
        co_await finished(connection, "rdb_bgsave_in_progress", "rdb_last_bgsave_status", within));
    out.saved = true;
    co_return Result<>();
}

Async<CopiedKeys> copy_everything(const ScratchServer& from, const OpenServer& to) {
    CopiedKeys all;
    for (const auto& [index, database] : from.info().databases()) {
        SW_CO_TRY(const CopiedKeys copied,
                  co_await copy_keys(from.connection(), to.connection, index));
        all.written += copied.written;
        all.gone += copied.gone;
        all.there += copied.there;
    }
    SW_CO_CHECK(co_await copy_functions(from.connection(), to.connection));
    co_return all;
}

}  // namespace

Async<LiveServer> LiveRestore::look() {
    const Servers servers(options_.server);
    SW_CO_TRY(const OpenServer server, co_await open_master(servers));
    co_return what_runs(server);
}

Async<BroughtBack> LiveRestore::bring_back(std::filesystem::path rdb, RdbFacts facts,
                                           LiveServer seen) {
    Client::Options access = options_.server;
    access.answer_within = kAnswerWithin;
    const Servers servers(access);
    ScratchServer::Options loading;
    loading.folder = options_.scratch;
    loading.max_reply = kMaxValue;
    SW_CO_TRY(const auto scratch, co_await ScratchServer::start(std::move(rdb), facts, loading,
                                                                powers_.random, powers_.pool));
    SW_CO_CHECK(co_await look_at_loaded(*scratch, facts, powers_.random));
    SW_CO_TRY(const OpenServer server, co_await open_master(servers));
    BroughtBack out;
    out.keys_before = server.info.keys();
    const bool filled = seen.keys == 0 && out.keys_before > 0;
    if (filled || server.info.text("run_id") != seen.run_id) {
        co_return fail(ErrorCode::Conflict, server.endpoint.text() + " is not what it was: " +
                                                (filled ? "somebody wrote to it"
                                                        : "it was started "
                                                          "anew"));
    }
    if (out.keys_before > 0) {
        FetchOptions fetch{connection_options(access)};
        SW_CO_CHECK(co_await fetch_rdb(server.endpoint, std::move(fetch), options_.keep,
                                       powers_.clock, powers_.pool));
        SW_CO_CHECK(co_await check_rdb(options_.keep, kAnswerWithin * 30));
        Words empty{"FLUSHALL", "SYNC"};
        SW_CO_CHECK(co_await server.connection->ask(std::move(empty)));
    }
    SW_CO_TRY(const CopiedKeys copied, co_await copy_everything(*scratch, server));
    out.brought = copied.written;
    out.expired = copied.gone;
    out.kept = copied.there;
    SW_CO_TRY(const Info after, co_await ask_info(server.connection));
    out.keys_after = after.keys();
    SW_CO_CHECK(co_await settle(server.connection, options_.turn_on_append_only,
                                options_.rewrite_within, out));
    co_return out;
}

}  // namespace syncwatch::redis
