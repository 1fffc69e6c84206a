#include "adapters/pgbackrest/scratch_server.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <fstream>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "adapters/pgbackrest/psql.h"
#include "adapters/pgbackrest/rows.h"
#include "base/async/cancelled.h"

namespace syncwatch::pgbackrest {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Rehearsal = DatabaseBackups::Rehearsal;

/// Replaying what happened during a backup.
constexpr auto kStart = 30min;
constexpr auto kLookAtAll = std::chrono::hours(12);

/// All of its settings: those of the real server are not taken, so that it listens nowhere, lets
/// nobody in but through a folder that is ours alone, and archives nothing. What is changed in
/// postgresql.auto.conf stands above these, but for what is given on its command line.
constexpr std::string_view kSettings = R"(hba_file = '{0}/pg_hba.conf'
ident_file = '{0}/pg_ident.conf'
logging_collector = on
log_directory = '{0}/log'
log_filename = 'server.log'
shared_buffers = '64MB'
)";

Result<> write_file(const fs::path& path, std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;
    std::error_code failed;
    if (fs::file_size(path, failed) == text.size() && !failed) return {};
    return fail_unavailable("backup", "write " + path.string(), 30s);
}

/// What a settings file or ALTER SYSTEM could say otherwise is said here, where it counts most.
program::Spec server_spec(const Engine& engine, const fs::path& scratch) {
    program::Spec spec;
    spec.program = engine.postgres_program("postgres");
    spec.folder = scratch;
    spec.args = {"-D", (scratch / "data").string()};
    for (const std::string& each :
         {fmt::format("config_file={}/postgresql.conf", scratch.string()),
          fmt::format("unix_socket_directories={}", scratch.string()),
          std::string("listen_addresses="), std::string("port=5432"),
          std::string("archive_mode=off"), std::string("hot_standby=off"), std::string("ssl=off"),
          std::string("fsync=off"), std::string("primary_conninfo=")}) {
        spec.args.insert(spec.args.end(), {"-c", each});
    }
    spec.environment = Engine::environment({{"TZ", "UTC"}, {"LC_ALL", "C"}});
    return spec;
}

/// The end of what the server said.
std::string last_words(const fs::path& scratch) {
    std::ifstream in(scratch / "log" / "server.log", std::ios::binary);
    std::string all{std::istreambuf_iterator<char>(in), {}};
    if (all.empty()) all = "it said nothing";
    constexpr std::size_t kMost = 600;
    if (all.size() > kMost) all.erase(0, all.size() - kMost);
    std::ranges::replace(all, '\n', ' ');
    return all;
}

Async<> wait_until_ready(const Engine& engine, program::Child& server, Door door,
                         fs::path scratch) {
    net::steady_timer timer(co_await net::this_coro::executor);
    auto waited = 0ms;
    for (auto step = 50ms;; step = std::min(step * 2, 1000ms)) {
        const auto rows = co_await ask_server(engine, door, "SELECT pg_is_in_recovery()", 30s);
        if (rows && rows->size() == 1 && rows->front().front() == "f") co_return Result<>();
        if (const auto end = server.try_reap()) {
            co_return fail(ErrorCode::Corrupt, fmt::format("the server ended ({}): {}", end->text(),
                                                           last_words(scratch)));
        }
        if (co_await is_cancelled()) co_return fail(ErrorCode::Cancelled, "it was stopped");
        if (waited >= kStart) {
            co_return fail(ErrorCode::Timeout,
                           "the server does not become ready: " + last_words(scratch));
        }
        timer.expires_after(step);
        co_await timer.async_wait(net::as_tuple(net::use_awaitable));
        waited += step;
    }
}

constexpr std::uint64_t kAnySize = std::uint64_t{1} << 62;
constexpr const char* kNext = "SELECT pg_snapshot_xmax(pg_current_snapshot())";
constexpr const char* kSize = "SELECT sum(pg_database_size(oid))::bigint FROM pg_database";
constexpr const char* kDatabases = "SELECT datname FROM pg_database";

std::uint64_t count_in(const std::string& text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// For words of programs.
std::string one_line(std::string words) {
    std::ranges::replace(words, '\n', ' ');
    constexpr std::size_t kMost = 600;
    if (words.size() > kMost) words.resize(kMost);
    return words;
}

Async<Rehearsal> look(const Engine& engine, Door door) {
    Rehearsal seen;
    // First: what follows has transactions of its own.
    SW_CO_TRY(const auto next, co_await ask_server(engine, door, kNext, 60s));
    if (next.size() == 1) seen.next_transaction = count_in(next[0][0]);
    std::vector<std::string> args{"--all",
                                  "--install-missing",
                                  "--heapallindexed",
                                  "-h",
                                  door.socket.string(),
                                  "-p",
                                  std::to_string(door.port),
                                  "-U",
                                  door.user,
                                  "--maintenance-db=" + door.database,
                                  "-w"};
    SW_CO_TRY(program::Ran checked,
              co_await engine.run_postgres("pg_amcheck", std::move(args), kLookAtAll));
    if (checked.end.code != 0) {
        const std::string& words = checked.out.empty() ? checked.errors : checked.out;
        seen.faults.push_back("pg_amcheck: " + one_line(words));
    }
    SW_CO_TRY(const auto size, co_await ask_server(engine, door, kSize, 60s));
    if (size.size() == 1) seen.bytes = count_in(size[0][0]);
    SW_CO_TRY(const auto databases, co_await ask_server(engine, door, kDatabases, 60s));
    door.database = engine.options().contents;
    const auto is_ours = [&](const auto& row) { return row.front() == door.database; };
    if (std::ranges::none_of(databases, is_ours)) {
        seen.faults.push_back("there is no database " + door.database + " in it");
        co_return seen;
    }
    SW_CO_TRY(seen.counts, co_await count_rows(engine, door, kAnySize, kLookAtAll));
    // What is damaged may end that in any way: then it was said above.
    const auto broken = co_await recheck_constraints(engine, door, kLookAtAll);
    if (broken) seen.faults.insert(seen.faults.end(), broken->begin(), broken->end());
    if (!broken && seen.faults.empty()) co_return fail(broken.error());
    SW_CO_TRY(seen.schema_version, co_await schema_version(engine, std::move(door), 60s));
    co_return seen;
}

/// Last of all: a visitor changes what it finds.
Async<> let_in(RestoredVisitor& visitor, fs::path scratch, Rehearsal& seen) {
    RestoredDatabase database;
    database.folder = scratch;
    database.socket = scratch;
    SW_CO_TRY(seen.visit, co_await visitor.visit(std::move(database)));
    co_return Result<>();
}

}  // namespace

Result<> make_scratch_place(const Options& options, const std::filesystem::path& scratch) {
    SW_CHECK(write_file(scratch / "postgresql.conf", fmt::format(kSettings, scratch.string())));
    SW_CHECK(write_file(scratch / "pg_hba.conf", "local all all trust\n"));
    SW_CHECK(write_file(scratch / "pg_ident.conf", ""));
    std::error_code failed;
    fs::create_directory(scratch / "data", failed);
    for (const fs::path& each : {scratch, scratch / "data"}) {
        fs::permissions(each, fs::perms::owner_all, failed);
        if (failed) return fail_unavailable("backup", "close " + each.string(), 30s);
    }
    SW_TRY(const auto owner, identity_of(options));
    if (!owner) return {};
    std::vector<fs::path> all{scratch};
    for (const auto& each : fs::directory_iterator(scratch, failed)) all.push_back(each.path());
    for (const fs::path& each : all) {
        if (::lchown(each.c_str(), owner->user, owner->group) == 0) continue;
        return fail_unavailable("backup", "give away " + each.string(), 30s);
    }
    return {};
}

Async<DatabaseBackups::Rehearsal> look_at_restored(const Engine& engine, fs::path scratch,
                                                   RestoredVisitor* visitor) {
    program::Spec spec = server_spec(engine, scratch);
    SW_CO_TRY(spec.run_as, identity_of(engine.options()));
    SW_CO_TRY(program::Child server, program::Child::start(spec));
    Door door;
    door.socket = scratch;
    door.user = engine.options().user;
    door.database = engine.options().database;
    if (const auto ready = co_await wait_until_ready(engine, server, door, scratch); !ready) {
        if (ready.error().code != ErrorCode::Corrupt) co_return fail(ready.error());
        Rehearsal seen;
        seen.faults.push_back(ready.error().message);
        co_return seen;
    }
    auto seen = co_await look(engine, std::move(door));
    if (seen && seen->faults.empty() && visitor != nullptr) {
        if (const auto visited = co_await let_in(*visitor, scratch, *seen); !visited) {
            seen = fail(visited.error());
        }
    }
    // At once: what it has is thrown away. It puts down its shared memory before.
    SW_CO_CHECK(co_await program::end_child(server, SIGQUIT, 20s));
    co_return seen;
}

}  // namespace syncwatch::pgbackrest
