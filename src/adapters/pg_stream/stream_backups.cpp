#include "adapters/pg_stream/stream_backups.h"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/pg_stream/base_backup.h"
#include "adapters/pg_stream/sealed.h"
#include "base/async/offload.h"

namespace syncwatch::pg_stream {
namespace {

using namespace std::chrono_literals;

/// For the log to the end of a copy to come, once that was made.
constexpr auto kForLog = 60s;

WallTime whole_seconds(WallTime time) {
    return std::chrono::floor<std::chrono::seconds>(time);
}

bool is_gone(const Result<>& removed) {
    return removed || removed.error().reason == "no_delete";
}

}  // namespace

StreamBackups::StreamBackups(std::vector<LogPlace> places, StreamOptions options, Powers powers)
    : places_(std::move(places)),
      options_(std::move(options)),
      powers_(powers),
      programs_(options_.programs) {
    for (const LogPlace& each : places_) names_.push_back(each.name);
}

LogStore StreamBackups::store(std::size_t repository, std::string system) const {
    return {place(repository), LogNames(options_.log, system), powers_.pool};
}

std::string StreamBackups::folder_of(const std::string& label) const {
    return options_.data + "/" + label;
}

Async<ServerView> StreamBackups::view() {
    const Access access = options_.access;
    const std::string slot = options_.slot;
    auto look = [access, slot] { return look_at_server(access, slot); };
    co_return co_await offload(powers_.pool, std::move(look));
}

Async<DatabaseBackups::Server> StreamBackups::server() {
    SW_CO_TRY(ServerView seen, co_await view());
    co_return std::move(seen.server);
}

Async<LogProgress> StreamBackups::progress() {
    LogProgress progress;
    SW_CO_TRY(progress.server, co_await view());
    const Server& server = progress.server.server;
    for (std::size_t i = 0; i < places_.size(); ++i) {
        LogStore log = store(i, server.system_id);
        auto end = co_await log.end(server.timeline, server.position);
        if (!end && end.error().code == ErrorCode::Cancelled) co_return fail(end.error());
        progress.places.push_back({names_[i], std::move(end)});
    }
    co_return progress;
}

Async<> StreamBackups::prepare() {
    SW_CO_TRY(const ServerView seen, co_await view());
    if (seen.is_streamed) co_return Result<>();
    co_return fail(ErrorCode::Conflict,
                   "nobody brings PostgreSQL's log here: the slot " + options_.slot +
                       (seen.has_slot ? " is not in use" : " is not there"),
                   "no_stream");
}

Async<Description> StreamBackups::describe(std::size_t repository, std::string label) {
    std::string name = folder_of(label) + "/" + std::string(kDescription);
    SW_CO_TRY(const std::string sealed, co_await place(repository).read(std::move(name)));
    auto text = unseal(sealed, BackupRepository::kMostRead);
    if (!text) co_return fail(std::move(text).error().within("the description of " + label));
    co_return read_description(*text);
}

Async<std::vector<DatabaseBackups::Backup>> StreamBackups::list(std::size_t repository) {
    std::vector<Backup> backups;
    std::string folder = options_.data;
    SW_CO_TRY(const auto labels, co_await place(repository).folders(std::move(folder)));
    for (const std::string& label : labels) {
        auto read = co_await describe(repository, label);
        // What was cut off while it was made; or is damaged, which verify() says.
        const bool is_none = !read && (read.error().code == ErrorCode::NotFound ||
                                       read.error().code == ErrorCode::Corrupt);
        if (is_none) continue;
        if (!read) co_return fail(std::move(read).error());
        backups.push_back(std::move(read->backup));
    }
    std::ranges::sort(backups, {}, [](const Backup& each) { return each.finished; });
    co_return backups;
}

Async<DatabaseBackups::Backup> StreamBackups::run(std::size_t repository, Kind,
                                                  std::map<std::string, std::string> annotations,
                                                  Tell tell) {
    const auto named = annotations.find("syncwatch");
    if (named == annotations.end()) {
        co_return fail(ErrorCode::InvalidInput, "a backup needs a name of its own");
    }
    std::string label = named->second;
    for (std::size_t i = 0; i < repository; ++i) {
        const auto made = co_await describe(i, label);
        if (made) co_return co_await copy(i, repository, std::move(label));
    }
    SW_CO_CHECK(co_await prepare());
    const Instant asked = powers_.clock.now();
    SW_CO_TRY(ServerView seen, co_await view());
    auto made = co_await make(repository, label, asked, std::move(seen), std::move(annotations),
                              std::move(tell));
    if (!made) {
        // Without its description it counts for nothing.
        (void)co_await remove_folder(repository, std::move(label));
    }
    co_return made;
}

Async<DatabaseBackups::Backup> StreamBackups::make(std::size_t repository, std::string label,
                                                   Instant asked, ServerView seen,
                                                   std::map<std::string, std::string> annotations,
                                                   Tell tell) {
    Description description;
    Backup& backup = description.backup;
    backup.label = label;
    // By the server's clock, as moments are told by it: ours may be wrong, or its own.
    backup.started = whole_seconds(seen.server.clock);
    BaseCopy copying({place(repository), powers_.pool}, folder_of(label),
                     programs_.postgres_program("pg_basebackup"));
    const std::uint64_t whole = std::max<std::uint64_t>(seen.server.bytes, 1);
    auto hear = [tell, whole](std::uint64_t bytes) {
        if (tell) tell(std::min(1.0, static_cast<double>(bytes) / static_cast<double>(whole)));
    };
    Access access = options_.access;
    std::string name = "syncwatch " + label;
    SW_CO_CHECK(co_await copying.run(std::move(access), std::move(name), std::move(hear)));
    backup.finished = whole_seconds(seen.server.clock + (powers_.clock.now() - asked));
    backup.timeline = copying.needed().timeline;
    backup.begins = copying.needed().from;
    backup.ends = copying.needed().to;
    backup.raw_bytes = copying.raw_bytes();
    backup.stored_bytes = copying.stored_bytes();
    backup.system_id = seen.server.system_id;
    backup.server_version = seen.version;
    backup.engine = "pg_basebackup";
    backup.annotations = std::move(annotations);
    description.parts = copying.parts();
    SW_CO_CHECK(co_await wait_for_log(repository, backup.system_id, copying.needed()));
    std::string sealed = seal(write_description(description));
    std::string to = folder_of(label) + "/" + std::string(kDescription);
    SW_CO_CHECK(co_await place(repository).create(std::move(to), std::move(sealed)));
    co_return std::move(backup);
}

Async<> StreamBackups::wait_for_log(std::size_t repository, std::string system, NeededLog needed) {
    LogStore log = store(repository, std::move(system));
    const Instant until = powers_.clock.now() + kForLog;
    for (;;) {
        SW_CO_TRY(const StoredLog stored, co_await log.read());
        const Log known = describe_log(stored, powers_.clock.wall(), {});
        for (const Timeline& each : known) {
            for (const Span& span : each.held) {
                const bool has_all = each.number == needed.timeline && span.from <= needed.from &&
                                     needed.to <= span.to;
                if (has_all) co_return Result<>();
            }
        }
        if (powers_.clock.now() > until) break;
        co_await powers_.clock.sleep_until(powers_.clock.now() + 500ms);
    }
    co_return fail(ErrorCode::Timeout,
                   fmt::format("the log from {} to {} did not come into {}", wal::text(needed.from),
                               wal::text(needed.to), names_[repository]),
                   "log_not_streamed");
}

Async<DatabaseBackups::Backup> StreamBackups::copy(std::size_t from, std::size_t to,
                                                   std::string label) {
    SW_CO_TRY(Description description, co_await describe(from, label));
    const NeededLog needed{description.backup.timeline, description.backup.begins,
                           description.backup.ends};
    for (std::size_t i = 0; i <= description.parts.size(); ++i) {
        // Its description last.
        std::string name =
            folder_of(label) + "/" +
            (i < description.parts.size() ? part_name(i + 1) : std::string(kDescription));
        if (i == description.parts.size()) {
            SW_CO_CHECK(co_await wait_for_log(to, description.backup.system_id, needed));
        }
        std::string source = name;
        SW_CO_TRY(std::string bytes, co_await place(from).read(std::move(source)));
        SW_CO_CHECK(co_await place(to).create(std::move(name), std::move(bytes)));
    }
    co_return std::move(description.backup);
}

Async<> StreamBackups::remove_folder(std::size_t repository, std::string label) {
    std::string folder = folder_of(label);
    SW_CO_TRY(auto entries, co_await place(repository).list(std::move(folder)));
    // The description before what it is of.
    std::ranges::sort(entries, {},
                      [](const auto& each) { return !each.name.ends_with(kDescription); });
    for (BackupRepository::Entry& each : entries) {
        const auto removed = co_await place(repository).remove(std::move(each.name));
        if (!is_gone(removed)) co_return removed;
    }
    co_return Result<>();
}

Async<> StreamBackups::forget(std::size_t repository, std::string label) {
    SW_CO_CHECK(co_await remove_folder(repository, label));
    SW_CO_TRY(auto left, co_await list(repository));
    std::map<std::string, wal::Lsn> needed;  // By database.
    for (const Backup& each : left) {
        if (each.label == label) continue;  // It could not be removed.
        const auto [known, is_new] = needed.try_emplace(each.system_id, each.begins);
        if (!is_new) known->second = std::min(known->second, each.begins);
    }
    for (const auto& [system, begins] : needed) {
        LogStore log = store(repository, system);
        const auto removed = co_await log.forget_before(begins);
        if (!removed && removed.error().reason != "no_delete") co_return fail(removed.error());
    }
    co_return Result<>();
}

/// The database whose log is meant: that of the newest backup.
Async<std::string> StreamBackups::system_of(std::size_t repository) {
    SW_CO_TRY(const auto backups, co_await list(repository));
    if (!backups.empty()) co_return backups.back().system_id;
    std::string folder = options_.log;
    SW_CO_TRY(const auto systems, co_await place(repository).folders(std::move(folder)));
    co_return systems.size() == 1 ? systems.front() : std::string();
}

Async<DatabaseBackups::Log> StreamBackups::log(std::size_t repository) {
    SW_CO_TRY(std::string system, co_await system_of(repository));
    if (system.empty()) co_return Log();
    LogStore log = store(repository, std::move(system));
    SW_CO_TRY(const StoredLog stored, co_await log.read());
    std::map<std::uint32_t, std::string> histories;
    for (const std::uint32_t each : stored.histories) {
        SW_CO_TRY(histories[each], co_await log.history(each));
    }
    co_return describe_log(stored, powers_.clock.wall(), histories);
}

Async<DatabaseBackups::Rows> StreamBackups::rows() {
    Error error;
    error.code = ErrorCode::Unavailable;
    error.component = "backup";
    error.reason = "not_counted";
    error.message = "rows are not counted over the network";
    co_return fail(std::move(error));
}

}  // namespace syncwatch::pg_stream
