#include <utility>

#include <fmt/format.h>

#include "adapters/sqlite_log/change_log.h"
#include "base/async/offload.h"

// What a ChangeLog says of the database's file. It is read through SQLite's own descriptor: to
// close another one of this file would end the locks of the whole process on it.
namespace syncwatch::sqlite {

namespace {

using namespace std::chrono_literals;

tl::unexpected<Error> not_kept() {
    return fail(ErrorCode::Conflict, "no log is kept", "gap");
}

sqlite3_file* file_of(const Connection& connection) {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(connection.native(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
    return file;
}

}  // namespace

Result<DatabaseLog::File> ChangeLog::file_now() {
    if (!guard_) return not_kept();
    // The writer's thread has noted by then what it committed.
    SW_CHECK(on_writer<void>([](Connection&) -> Result<> { return {}; }));
    sqlite3_file* const handle = file_of(guard_->connection());
    sqlite3_int64 bytes = 0;
    if (handle->pMethods->xFileSize(handle, &bytes) != SQLITE_OK) {
        return fail_unavailable("database", "the size of the file is not to be had", 5s);
    }
    File file;
    file.bytes = static_cast<std::uint64_t>(bytes);
    SW_TRY(const auto version,
           guard_->connection().query_one("PRAGMA user_version", [](const sql::Row& row) {
               return static_cast<int>(row.integer(0));
           }));
    file.schema_version = version.value_or(0);
    const std::lock_guard lock(mutex_);
    file.page_bytes = header_.page_bytes;
    return file;
}

Async<DatabaseLog::File> ChangeLog::file() {
    auto work = [this] { return file_now(); };
    co_return co_await offload(pool_, std::move(work));
}

Result<std::string> ChangeLog::read_now(std::uint64_t offset, std::size_t bytes) {
    if (!guard_) return not_kept();
    sqlite3_file* const handle = file_of(guard_->connection());
    std::string out(bytes, '\0');
    const int code = handle->pMethods->xRead(handle, out.data(), static_cast<int>(bytes),
                                             static_cast<sqlite3_int64>(offset));
    if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) {
        return fail_unavailable("database", fmt::format("read: {}", sqlite3_errstr(code)), 5s);
    }
    return out;
}

Async<std::string> ChangeLog::read_file(std::uint64_t offset, std::size_t bytes) {
    auto work = [this, offset, bytes] { return read_now(offset, bytes); };
    co_return co_await offload(pool_, std::move(work));
}

}  // namespace syncwatch::sqlite
