#include "adapters/sqlite_log/set_aside.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "adapters/sqlite_log/disk_failure.h"
#include "adapters/sqlite_log/wal_file.h"
#include "base/unique_fd.h"

namespace syncwatch::sqlite {

namespace {

namespace fs = std::filesystem;

/// What SQLite needs beside a file to have all of it.
constexpr const char* kLogs[] = {"-wal", "-journal"};

bool is_there(const fs::path& path) {
    std::error_code unknown;
    return fs::exists(fs::symlink_status(path, unknown));
}

Result<> sync(const fs::path& path, int flags) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
    if (!fd || ::fsync(fd.get()) != 0) return disk_failure("sync", path);
    return {};
}

Result<> sync_folder_of(const fs::path& path) {
    const fs::path folder = path.parent_path();
    return sync(folder.empty() ? fs::path(".") : folder, O_DIRECTORY);
}

Result<> rename_file(const fs::path& from, const fs::path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0) {
        // Not every filesystem knows that word.
        if (errno != EINVAL || ::rename(from.c_str(), to.c_str()) != 0) {
            return disk_failure("move", from);
        }
    }
    return sync_folder_of(to);
}

Result<> remove_file(const fs::path& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return disk_failure("remove", path);
    return {};
}

/// The file under a second name, as the same one where the filesystem can do that.
Result<> also_as(const fs::path& from, const fs::path& to) {
    if (::link(from.c_str(), to.c_str()) != 0) {
        if (errno != EPERM && errno != EOPNOTSUPP && errno != EMLINK) {
            return disk_failure("link", from);
        }
        std::error_code failed;
        fs::copy_file(from, to, failed);
        errno = failed.value();
        if (failed) return disk_failure("copy", from);
        SW_CHECK(sync(to, 0));
    }
    return sync_folder_of(to);
}

/// A log that SQLite takes for none would be cut off, whatever is in it.
Result<> expect_readable_log(const fs::path& database) {
    const fs::path path = database.string() + "-wal";
    std::error_code unknown;
    if (!is_there(path) || fs::file_size(path, unknown) < kWalHeaderBytes) return {};
    SW_TRY(const WalFile log, WalFile::open(path.string()));
    SW_CHECK(log.header());
    return {};
}

struct CloseDatabase {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
/// While it is there, nobody else has the database.
using Sole = std::unique_ptr<sqlite3, CloseDatabase>;

constexpr int kPatienceMs = 2000;

/// Writes the log into the file. Errors: Conflict (reason "database_in_use"); any other: the log
/// is as it was.
Result<Sole> settle(const fs::path& database) {
    SW_CHECK(expect_readable_log(database));
    sqlite3* opened = nullptr;
    int code = sqlite3_open_v2(database.c_str(), &opened,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    Sole sole(opened);
    if (code == SQLITE_OK) {
        sqlite3_busy_timeout(sole.get(), kPatienceMs);
        sqlite3_db_config(sole.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        // Refused while anybody else has it open, however idle.
        code = sqlite3_exec(sole.get(),
                            "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;"
                            "SELECT count(*) FROM sqlite_schema; COMMIT",
                            nullptr, nullptr, nullptr);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_wal_checkpoint_v2(sole.get(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr,
                                         nullptr);
    }
    if (code == SQLITE_OK) return sole;
    if (code == SQLITE_BUSY) {
        return fail(ErrorCode::Conflict, database.string() + " is open in another program",
                    "database_in_use");
    }
    return fail(ErrorCode::Unavailable, sqlite3_errstr(code));
}

}  // namespace

Result<SetAside> set_aside(const fs::path& database, const fs::path& to) {
    const auto beside = [](const fs::path& file, const char* what) {
        return fs::path(file.string() + what);
    };
    SetAside done;
    done.was_there = is_there(database);
    Sole sole;
    if (done.was_there) {
        auto settled = settle(database);
        if (settled) {
            sole = *std::move(settled);
        } else if (settled.error().reason == "database_in_use") {
            return fail(std::move(settled).error());
        } else {
            done.log_apart = settled.error().message;
        }
    }
    // Under both names, before the file moves: SQLite removes the log of a file that is not there.
    for (const char* log : kLogs) {
        if (sole || !is_there(beside(database, log))) continue;
        SW_CHECK(also_as(beside(database, log), beside(to, log)));
    }
    if (done.was_there) SW_CHECK(rename_file(database, to));
    sole.reset();
    for (const char* rest : {"-wal", "-journal", "-shm"}) {
        SW_CHECK(remove_file(beside(database, rest)));
    }
    SW_CHECK(sync_folder_of(database));
    return done;
}

}  // namespace syncwatch::sqlite
