#include "adapters/redis_backup/redis_snapshot.h"

#include <array>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "adapters/redis_backup/redis_programs.h"
#include "adapters/redis_backup/replica_stream.h"
#include "adapters/redis_backup/servers.h"
#include "base/encoding.h"

namespace syncwatch::redis {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// Of each database, so that one whose values cannot be read is noticed.
constexpr int kSamples = 20;

tl::unexpected<Error> wrong(std::string what) {
    return fail(ErrorCode::Corrupt, std::move(what));
}

/// A file that is removed unless it turned out well.
struct Unwanted {
    explicit Unwanted(fs::path owned) : path(std::move(owned)) {}
    Unwanted(const Unwanted&) = delete;
    Unwanted& operator=(const Unwanted&) = delete;
    ~Unwanted() {
        std::error_code ignored;
        if (!path.empty()) fs::remove(path, ignored);
    }
    fs::path path;
};

/// The time of day that a server shows; nullopt: it does not tell us.
Async<std::optional<WallTime>> time_of(std::shared_ptr<Connection> connection) {
    Words words{"TIME"};
    const auto said = co_await connection->ask(std::move(words));
    if (!said) co_return std::nullopt;
    const std::string seconds(said->text_at(0));
    if (seconds.empty() || seconds.size() > 11) co_return std::nullopt;
    co_return WallTime(std::chrono::seconds(std::atoll(seconds.c_str())));
}

/// How old a file's data already was when its server was asked for it: it may hand out one that it
/// was writing for somebody else.
std::chrono::microseconds age_of(const RdbFacts& facts, std::optional<WallTime> asked) {
    // Both in whole seconds of one clock.
    if (!asked || !facts.written || *facts.written + 1s >= *asked) return {};
    return *asked - *facts.written;
}

std::string length_command(std::string_view type) {
    if (type == "string") return "STRLEN";
    if (type == "list") return "LLEN";
    if (type == "set") return "SCARD";
    if (type == "zset") return "ZCARD";
    if (type == "hash") return "HLEN";
    if (type == "stream") return "XLEN";
    return {};
}

Async<> read_one(std::shared_ptr<Connection> connection, unsigned database) {
    Words any{"RANDOMKEY"};
    SW_CO_TRY(const Reply key, co_await connection->ask(std::move(any)));
    // All that was left has expired.
    if (key.kind == Reply::Kind::Null) co_return Result<>();
    Words ask_type{"TYPE", key.text};
    SW_CO_TRY(const Reply type, co_await connection->ask(std::move(ask_type)));
    const std::string command = length_command(type.text);
    if (command.empty()) co_return Result<>();
    Words ask_length{command, key.text};
    const auto length = co_await connection->ask(std::move(ask_length));
    if (length && length->kind == Reply::Kind::Integer) co_return Result<>();
    co_return wrong(fmt::format("a {} in database {} cannot be read: {}", type.text, database,
                                length ? "no length" : length.error().message));
}

Async<> read_some(std::shared_ptr<Connection> connection, RdbFacts facts) {
    for (unsigned index = 0; index <= facts.last_database; ++index) {
        if (facts.databases && !facts.databases->contains(index)) continue;
        Words select{"SELECT", std::to_string(index)};
        SW_CO_CHECK(co_await connection->ask(std::move(select)));
        for (int i = 0; i < kSamples; ++i) SW_CO_CHECK(co_await read_one(connection, index));
    }
    co_return Result<>();
}

Async<> write_canary(std::shared_ptr<Connection> connection, Random& random) {
    std::array<std::uint8_t, 16> bytes{};
    random.fill(bytes);
    const std::string word = encode_hex(bytes);
    const std::string key = "syncwatch-canary-" + word;
    Words set{"SET", key, word, "PX", "60000"};
    SW_CO_CHECK(co_await connection->ask(std::move(set)));
    Words get{"GET", key};
    SW_CO_TRY(const Reply read, co_await connection->ask(std::move(get)));
    if (read.text != word) co_return wrong("what is written to it cannot be read back");
    Words del{"DEL", key};
    SW_CO_CHECK(co_await connection->ask(std::move(del)));
    co_return Result<>();
}

/// Keys whose time has come are not loaded, and go meanwhile; nothing else may be missing.
Result<> compare(const Info& info, const RdbFacts& facts) {
    const auto kept = info.number("rdb_last_load_keys_loaded");
    const auto expired = info.number("rdb_last_load_keys_expired");
    if (kept && expired) {
        const auto loaded = static_cast<std::uint64_t>(*kept + *expired);
        if (loaded != facts.keys) {
            return wrong(fmt::format("{} keys are in it, and {} were loaded", facts.keys, loaded));
        }
    }
    if (!facts.databases) return {};
    const auto databases = info.databases();
    for (const auto& [index, has] : databases) {
        if (!facts.databases->contains(index)) {
            return wrong(fmt::format("database {} came from nowhere", index));
        }
    }
    for (const auto& [index, expected] : *facts.databases) {
        const auto found = databases.find(index);
        const std::uint64_t keys = found == databases.end() ? 0 : found->second.keys;
        if (keys <= expected.keys && keys + expected.expiring >= expected.keys) continue;
        return wrong(
            fmt::format("database {} should have {} keys, and has {}", index, expected.keys, keys));
    }
    return {};
}

}  // namespace

Async<> look_at_loaded(const ScratchServer& server, RdbFacts facts, Random& random) {
    SW_CO_CHECK(compare(server.info(), facts));
    SW_CO_CHECK(co_await read_some(server.connection(), std::move(facts)));
    co_return co_await write_canary(server.connection(), random);
}

Async<SnapshotSource::Facts> RedisSnapshot::take(fs::path into) {
    // Before anything is fetched that nobody could look at.
    SW_CO_CHECK(spec_of("redis-check-rdb", "redis-tools"));
    const Servers servers(options_.server);
    SW_CO_TRY(OpenServer source, co_await servers.source());
    const std::uint64_t before = source.info.keys();
    SW_CO_TRY(const auto asked, co_await time_of(source.connection));
    FetchOptions fetch{connection_options(options_.server), options_.silence,
                       options_.fetch_within};
    SW_CO_TRY(const Fetched fetched, co_await fetch_rdb(source.endpoint, std::move(fetch), into,
                                                        powers_.clock, powers_.pool));
    Unwanted file(into);
    SW_CO_TRY(const RdbFacts facts, co_await check_rdb(into, options_.check_within));
    if (facts.keys == 0 && before > 0) {
        // It is no fault if somebody emptied the server meanwhile.
        SW_CO_TRY(const OpenServer again, co_await servers.open(source.endpoint));
        if (again.info.keys() > 0) {
            co_return wrong(
                fmt::format("it is empty, and the server has {} keys", again.info.keys()));
        }
    }
    Facts out;
    out.moment = fetched.announced - age_of(facts, asked);
    out.system_id = fetched.replid;
    out.engine = "redis";
    out.engine_version = source.info.text("redis_version");
    out.position = fmt::format("{}:{}", fetched.replid, fetched.offset);
    out.bytes = fetched.bytes;
    out.counts = facts.counts();
    file.path.clear();
    co_return std::move(out);
}

Async<SnapshotSource::Counts> RedisSnapshot::inspect(fs::path file) {
    SW_CO_TRY(const RdbFacts facts, co_await check_rdb(std::move(file), options_.check_within));
    co_return facts.counts();
}

Async<SnapshotSource::Counts> RedisSnapshot::rehearse(fs::path file, fs::path scratch) {
    co_return co_await rehearse_as(std::move(file), std::move(scratch), false);
}

Async<SnapshotSource::Counts> RedisSnapshot::rehearse_append_only(fs::path file, fs::path scratch) {
    co_return co_await rehearse_as(std::move(file), std::move(scratch), true);
}

Async<SnapshotSource::Counts> RedisSnapshot::rehearse_as(fs::path file, fs::path scratch,
                                                         bool append_only) {
    SW_CO_TRY(const RdbFacts facts, co_await check_rdb(file, options_.check_within));
    ScratchServer::Options options;
    options.folder = std::move(scratch);
    options.append_only = append_only;
    options.load_within = options_.load_within;
    SW_CO_TRY(const auto server,
              co_await ScratchServer::start(std::move(file), facts, std::move(options),
                                            powers_.random, powers_.pool));
    SW_CO_CHECK(co_await look_at_loaded(*server, facts, powers_.random));
    co_return facts.counts();
}

}  // namespace syncwatch::redis
