#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "adapters/sqlite/migrate.h"
#include "apps/doctor/looks.h"
#include "base/unique_fd.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::string_view kFolder = "data folder";
constexpr std::string_view kDatabase = "database";
constexpr const char* kBringBack =
    "Stop the server, keep a copy of the file, then bring back a backup, or look at it with "
    "sqlite3 FILE .recover.";

std::string in_gib(std::uint64_t bytes) {
    return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / (1024.0 * 1024 * 1024));
}

/// The nearest folder above that is there: where a new one would be made.
fs::path existing_above(fs::path folder) {
    std::error_code failed;
    while (!fs::exists(folder, failed) && folder.has_parent_path() &&
           folder != folder.parent_path()) {
        folder = folder.parent_path();
    }
    return folder;
}

void look_at_space(const fs::path& folder, std::uint64_t keep_free, Findings& findings) {
    struct statvfs facts {};
    if (::statvfs(existing_above(folder).c_str(), &facts) != 0) return;
    const std::uint64_t free = facts.f_bavail * static_cast<std::uint64_t>(facts.f_frsize);
    const std::string what = fmt::format("{} free for films in {}", in_gib(free), folder.string());
    if (free < keep_free) {
        findings.problem("disk", what,
                         fmt::format("Make room: below {} (uploads.keep_free) no film is taken.",
                                     in_gib(keep_free)));
    } else if (free < keep_free + (std::uint64_t{5} << 30)) {
        findings.advice("disk", what, "A film needs about twice its size while it is prepared.");
    } else {
        findings.well("disk", what);
    }
}

/// Errors of the database as findings.
void tell(const Error& error, Findings& findings) {
    if (error.code == ErrorCode::Corrupt) {
        findings.damage(std::string(kDatabase), error.message, kBringBack);
    } else {
        findings.problem(std::string(kDatabase), error.message,
                         "Look at the file's rights, its folder and its disk.");
    }
}

Result<std::string> first_complaint(sql::Connection& db) {
    SW_TRY(const auto verdict, db.query_one("PRAGMA integrity_check(1)",
                                            [](const sql::Row& row) { return row.text(0); }));
    if (verdict.value_or("") != "ok") return verdict.value_or("no answer");
    SW_TRY(const auto dangling, db.query_one("PRAGMA foreign_key_check",
                                             [](const sql::Row& row) { return row.text(0); }));
    if (dangling) return "rows of " + *dangling + " refer to what is not there";
    return std::string();
}

void look_at_schema(int version, Findings& findings) {
    const int newest = sqlite::schema().back().version;
    const std::string what = fmt::format("schema {} of {}", version, newest);
    if (version > newest) {
        findings.problem(std::string(kDatabase), what,
                         "It was written by a newer syncwatch: use that one.");
    } else if (version < newest) {
        findings.advice(std::string(kDatabase), what,
                        "The next start brings it up to date; syncwatch migrate does it now.");
    } else {
        findings.well(std::string(kDatabase), what);
    }
}

/// What was written later than now was written by a clock that was ahead, or ours is behind.
void look_at_times(sql::Connection& db, WallTime now, Findings& findings) {
    const auto newest = db.query_one("SELECT max(at) FROM audit",
                                     [](const sql::Row& row) { return row.optional_time(0); });
    if (!newest || !*newest || !**newest || ***newest <= now + 5min) return;
    findings.problem("clock",
                     fmt::format("the database was written at {}, which is still to come",
                                 format_rfc3339(***newest)),
                     "Set the machine's time of day right.");
}

}  // namespace

bool is_served(const config::Settings& settings) {
    const UniqueFd lock(::open((settings.data.dir / "lock").c_str(), O_RDONLY | O_CLOEXEC));
    return lock && ::flock(lock.get(), LOCK_SH | LOCK_NB) != 0;
}

void look_at_data_folder(const config::Settings& settings, Findings& findings) {
    const fs::path& folder = settings.data.dir;
    const std::string subject(kFolder);
    struct stat facts {};
    if (::stat(folder.c_str(), &facts) != 0) {
        const fs::path above = existing_above(folder);
        if (::access(above.c_str(), W_OK) != 0) {
            findings.problem(subject, folder.string() + " is not there and cannot be made",
                             "Make it yourself with the right owner, or choose another with "
                             "--data-dir.");
        } else {
            findings.well(subject, folder.string() + " will be made at the first start");
        }
    } else if (!S_ISDIR(facts.st_mode)) {
        findings.problem(subject, folder.string() + " is no folder",
                         "Choose another with --data-dir.");
    } else if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) {
        findings.problem(subject, folder.string() + ": " + std::strerror(errno),
                         "Give it to the user that runs syncwatch (chown).");
    } else if ((facts.st_mode & S_IRWXO) != 0) {
        findings.advice(subject, folder.string() + " can be read by everybody on this machine",
                        "chmod o-rwx keeps films and accounts to the server alone.");
    } else {
        findings.well(subject, folder.string());
    }
    look_at_space(settings.objects_path(), settings.uploads.keep_free, findings);
}

void look_at_database(const config::Settings& settings, const Clock& clock, Findings& findings) {
    if (settings.postgres.on()) return look_at_postgres(settings, clock, findings);
    const std::string path = settings.database_path();
    const std::string subject(kDatabase);
    std::error_code failed;
    if (!fs::exists(path, failed)) {
        return findings.well(subject, path + " will be made at the first start");
    }
    if (::access(path.c_str(), W_OK) != 0) {
        findings.problem(subject, path + " cannot be written: " + std::strerror(errno),
                         "Give it to the user that runs syncwatch (chown, chmod u+w).");
    }
    auto db = sqlite::Connection::open(path, sqlite::Connection::Mode::ReadOnly);
    if (!db) return tell(db.error(), findings);
    const auto complaint = first_complaint(*db);
    if (!complaint) return tell(std::move(complaint.error()), findings);
    if (!complaint->empty()) return findings.damage(subject, path + ": " + *complaint, kBringBack);
    const auto version = sqlite::schema_version(*db);
    if (!version) return tell(version.error(), findings);
    findings.well(subject, path + " is whole");
    look_at_schema(*version, findings);
    look_at_times(*db, clock.wall(), findings);
    look_at_trash(*db, findings);
}

}  // namespace syncwatch::apps
