#include "adapters/pgbackrest/pgbackrest_backups.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/pgbackrest/failure.h"
#include "adapters/pgbackrest/information.h"
#include "adapters/pgbackrest/read_log.h"
#include "adapters/pgbackrest/stored_sums.h"
#include "adapters/pgbackrest/verify_report.h"

namespace syncwatch::pgbackrest {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// Of a copy of everything, or a look at everything, however slow the repository.
constexpr auto kLongest = std::chrono::hours(24);

const char* word(DatabaseBackups::Kind kind) {
    switch (kind) {
        case DatabaseBackups::Kind::Full: return "full";
        case DatabaseBackups::Kind::Differential: return "diff";
        case DatabaseBackups::Kind::Incremental: break;
    }
    return "incr";
}

/// "DETAIL: backup file /…/2703 (bundle 2/0, 32KB, 0.14%) checksum 28…": the part that is done.
std::optional<double> part_done(std::string_view line) {
    const std::size_t percent = line.find("%) checksum");
    if (percent == std::string_view::npos) return std::nullopt;
    const std::size_t space = line.rfind(' ', percent);
    if (space == std::string_view::npos) return std::nullopt;
    double value = 0;
    const auto read = std::from_chars(line.data() + space + 1, line.data() + percent, value);
    if (read.ec != std::errc()) return std::nullopt;
    return value / 100;
}

/// "INFO: new backup label = 20261129-225616F".
std::string label_in(std::string_view line) {
    constexpr std::string_view kSays = "new backup label = ";
    const std::size_t at = line.find(kSays);
    return at == std::string_view::npos ? std::string()
                                        : std::string(line.substr(at + kSays.size()));
}

}  // namespace

PgBackRestBackups::PgBackRestBackups(Options options) : engine_(std::move(options)) {
    for (const RepositoryOptions& each : this->options().repositories) names_.push_back(each.name);
}

/// pgBackRest would make all folders above it: where a disk is not mounted, that is no repository.
Result<> PgBackRestBackups::look_at_folder(const RepositoryOptions& repository) const {
    if (repository.s3) return {};
    const fs::path folder = repository.path;
    std::error_code failed;
    if (!fs::is_directory(folder.parent_path().parent_path(), failed)) {
        return fail_unavailable("backup",
                                fmt::format("{} is not there: is a disk not mounted?",
                                            folder.parent_path().parent_path().string()),
                                30s);
    }
    SW_TRY(const auto owner, identity_of(options()));
    for (const fs::path& each : {folder.parent_path(), folder}) {
        if (::mkdir(each.c_str(), 0750) != 0) {
            if (errno == EEXIST) continue;
            return fail_unavailable(
                "backup", fmt::format("make {}: {}", each.string(), std::strerror(errno)), 30s);
        }
        if (owner && ::lchown(each.c_str(), owner->user, owner->group) != 0) {
            return fail_unavailable(
                "backup", fmt::format("give away {}: {}", each.string(), std::strerror(errno)),
                30s);
        }
    }
    return {};
}

Async<> PgBackRestBackups::prepare() {
    for (const RepositoryOptions& each : options().repositories) {
        SW_CO_CHECK(look_at_folder(each));
    }
    Engine::Call create;
    create.doing = "make the repositories ready";
    create.args = {"stanza-create"};
    SW_CO_CHECK(co_await engine_.ask(std::move(create)));
    Engine::Call check;
    check.doing = "send a piece of the log into the repositories";
    check.args = {"check"};
    check.deadline = 5min;
    SW_CO_CHECK(co_await engine_.ask(std::move(check)));
    co_return Result<>();
}

/// A server that has just taken over is on a new timeline, which stands where pgBackRest looks only
/// after a checkpoint: it would take it for another database.
Async<> PgBackRestBackups::note_new_timeline() {
    constexpr const char* kIsNew =
        "SELECT CASE WHEN pg_is_in_recovery() THEN false ELSE "
        "('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int <> "
        "(SELECT timeline_id FROM pg_control_checkpoint()) END";
    SW_CO_TRY(const auto rows, co_await ask_server(engine_, door(), kIsNew, 30s));
    const bool is_new = rows.size() == 1 && rows[0].size() == 1 && rows[0][0] == "t";
    if (!is_new) co_return Result<>();
    SW_CO_CHECK(co_await ask_server(engine_, door(), "CHECKPOINT", 30min));
    co_return Result<>();
}

Async<DatabaseBackups::Backup> PgBackRestBackups::run(
    std::size_t repository, Kind kind, std::map<std::string, std::string> annotations, Tell tell) {
    Engine::Call call;
    call.doing = "make a backup";
    call.args = {repository_option(repository), std::string("--type=") + word(kind)};
    for (const auto& [name, value] : annotations) {
        call.args.push_back(fmt::format("--annotation={}={}", name, value));
    }
    call.args.emplace_back("backup");
    call.deadline = kLongest;
    call.log_level = "detail";
    SW_CO_CHECK(co_await note_new_timeline());
    std::string label;
    call.hear = [&label, tell](std::string_view line) {
        if (const auto part = part_done(line); part && tell) tell(*part);
        if (std::string said = label_in(line); !said.empty()) label = std::move(said);
    };
    SW_CO_CHECK(co_await engine_.ask(std::move(call)));
    SW_CO_TRY(const auto backups, co_await list(repository));
    const auto made = std::ranges::find(backups, label, &Backup::label);
    if (made != backups.end()) co_return *made;
    co_return fail(ErrorCode::Corrupt, "pgBackRest made " + label + ", and does not list it");
}

Async<std::vector<DatabaseBackups::Backup>> PgBackRestBackups::list(std::size_t repository) {
    Engine::Call call;
    call.doing = "list the backups";
    call.args = {repository_option(repository), "--output=json", "info"};
    SW_CO_TRY(const std::string text, co_await engine_.ask(std::move(call)));
    SW_CO_TRY(Information known, read_information(text));
    co_return std::move(known.backups);
}

Async<DatabaseBackups::Log> PgBackRestBackups::log(std::size_t repository) {
    return read_log(engine_, repository);
}

Async<std::optional<WallTime>> PgBackRestBackups::last_commit(std::size_t repository,
                                                              std::uint32_t timeline) {
    return read_last_commit(engine_, repository, timeline);
}

Async<DatabaseBackups::Audit> PgBackRestBackups::verify(std::size_t repository) {
    Engine::Call call;
    call.doing = "verify the repository";
    call.args = {repository_option(repository), "--output=text", "--verbose", "verify"};
    call.deadline = kLongest;
    const std::string doing = call.doing;
    SW_CO_TRY(const program::Ran ran, co_await engine_.run(std::move(call)));
    // A compressed file that is cut off ends its look at all others.
    const bool is_cut_off = ran.errors.find("compressed data") != std::string::npos;
    if (ran.end.code != 0 && !is_cut_off) co_return fail(failure_of(doing, ran));
    Audit audit = read_verify_report(ran.out, options().stanza);
    if (ran.end.code != 0) {
        audit.faults.push_back(
            {"", "a file is cut off, and the rest was not looked at: " + own_words(ran.errors)});
    }
    // It holds the bytes of a segment against its name, and names not against one another.
    SW_CO_TRY(const LogListing listing, co_await list_log(engine_, repository));
    for (const std::string& each : listing.contradictions) audit.faults.push_back({"", each});
    co_return audit;
}

Async<bool> PgBackRestBackups::is_anothers(std::size_t repository, std::string segment) const {
    return says_something_else(engine_, repository, std::move(segment));
}

Async<> PgBackRestBackups::forget(std::size_t repository, std::string label) {
    SW_CO_TRY(const auto backups, co_await list(repository));
    if (std::ranges::find(backups, label, &Backup::label) != backups.end()) {
        Engine::Call call;
        call.doing = "remove " + label;
        call.args = {repository_option(repository), "--set=" + label, "expire"};
        call.deadline = std::chrono::hours(2);
        SW_CO_TRY(const program::Ran ran, co_await engine_.run(std::move(call)));
        if (ran.end.code != 0) {
            Error error = failure_of("remove " + label, ran);
            if (ran.errors.find("[075]") != std::string::npos) {
                error.code = ErrorCode::Conflict;
                error.reason = "last_full";
            }
            co_return fail(std::move(error));
        }
    }
    co_return co_await expire_log(repository);
}

/// The log before the oldest full backup goes: it stands for as many full ones as there are.
Async<> PgBackRestBackups::expire_log(std::size_t repository) {
    SW_CO_TRY(const auto backups, co_await list(repository));
    const auto full = std::ranges::count(backups, Kind::Full, &Backup::kind);
    if (full == 0) co_return Result<>();
    Engine::Call call;
    call.doing = "remove the log that no backup needs";
    call.args = {repository_option(repository),
                 fmt::format("--repo{}-retention-archive={}", repository + 1, full),
                 fmt::format("--repo{}-retention-archive-type=full", repository + 1), "expire"};
    call.deadline = std::chrono::hours(2);
    SW_CO_CHECK(co_await engine_.ask(std::move(call)));
    co_return Result<>();
}

}  // namespace syncwatch::pgbackrest
