#include "adapters/sqlite_log/rebuild.h"

#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/migrate.h"
#include "adapters/sqlite_log/disk_failure.h"
#include "adapters/sqlite_log/wal_format.h"
#include "base/unique_fd.h"

namespace syncwatch::sqlite {

namespace {

namespace fs = std::filesystem;

Result<> first_line(Connection& connection, const char* pragma, std::string_view expected) {
    SW_TRY(const auto line,
           connection.query_one(pragma, [](const sql::Row& row) { return row.text(0); }));
    if (line.value_or("") == expected) return {};
    return fail(ErrorCode::Corrupt, fmt::format("{} says: {}", pragma, line.value_or("nothing")));
}

Result<int> look_at_all(const fs::path& path) {
    SW_TRY(Connection connection, Connection::open(path.string(), Connection::Mode::ReadWrite));
    SW_CHECK(first_line(connection, "PRAGMA integrity_check(1)", "ok"));
    SW_CHECK(first_line(connection, "PRAGMA foreign_key_check", ""));
    return schema_version(connection);
}

class Rebuild final : public DatabaseRebuild {
public:
    Rebuild(UniqueFd fd, fs::path part, fs::path into, std::uint32_t page_bytes)
        : fd_(std::move(fd)),
          part_(std::move(part)),
          into_(std::move(into)),
          page_bytes_(page_bytes) {}
    ~Rebuild() override {
        std::error_code ignored;
        for (const char* beside : {"", "-wal", "-shm"})
            fs::remove(part_.string() + beside, ignored);
    }

    Result<> put(std::uint64_t offset, std::string_view bytes) override {
        while (!bytes.empty()) {
            const ssize_t done =
                ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
            if (done < 0 && errno == EINTR) continue;
            if (done < 0) return disk_failure("write", part_);
            bytes.remove_prefix(static_cast<std::size_t>(done));
            offset += static_cast<std::uint64_t>(done);
        }
        return {};
    }

    Result<> apply(const LogPiece& piece, std::uint32_t frames) override {
        const std::size_t frame_bytes = kFrameHeaderBytes + page_bytes_;
        if (piece.page_bytes != page_bytes_ || piece.frames.size() % frame_bytes != 0 ||
            piece.frames.size() / frame_bytes < frames) {
            return fail(ErrorCode::Corrupt, "a piece of the log has another shape");
        }
        WalChecksum checksum(piece.big_endian, piece.from.checksum);
        std::string_view rest = piece.frames;
        for (std::uint32_t i = 0; i < frames; ++i, rest.remove_prefix(frame_bytes)) {
            const auto bytes = rest.substr(0, frame_bytes);
            SW_TRY(const WalFrame frame, next_frame(bytes, piece.from.epoch, checksum));
            SW_CHECK(
                put(std::uint64_t{frame.page - 1} * page_bytes_, bytes.substr(kFrameHeaderBytes)));
            if (frame.commit_pages > 0) pages_ = frame.commit_pages;
        }
        const bool all = rest.empty();
        if (all && checksum.value() != piece.to.checksum) {
            return fail(ErrorCode::Corrupt, "a piece of the log ends otherwise than it says");
        }
        return {};
    }

    Result<int> finish() override {
        if (pages_ > 0 &&
            ::ftruncate(fd_.get(), static_cast<off_t>(std::uint64_t{pages_} * page_bytes_)) != 0) {
            return disk_failure("shorten", part_);
        }
        SW_TRY(const int version, look_at_all(part_));
        if (::fsync(fd_.get()) != 0) return disk_failure("sync", part_);
        // A link, unlike a rename, takes nobody's place.
        if (::link(part_.c_str(), into_.c_str()) != 0) {
            if (errno != EEXIST) return disk_failure("link", into_);
            return fail(ErrorCode::Conflict, into_.string() + " is there already");
        }
        const fs::path parent = into_.parent_path();
        const UniqueFd folder(
            ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!folder || ::fsync(folder.get()) != 0) return disk_failure("sync", parent);
        return version;
    }

private:
    UniqueFd fd_;
    const fs::path part_;
    const fs::path into_;
    const std::uint32_t page_bytes_;
    std::uint32_t pages_ = 0;  ///< As of the last commit; 0: the copy's.
};

}  // namespace

Result<std::unique_ptr<DatabaseRebuild>> Rebuilder::begin(fs::path into, std::uint32_t page_bytes) {
    for (const char* beside : {"", "-wal", "-shm"}) {
        const std::string path = into.string() + beside;
        if (fs::exists(fs::symlink_status(path))) {
            return fail(ErrorCode::Conflict, path + " is there already");
        }
    }
    fs::path part = into;
    part += ".part";
    // What an attempt that was killed left behind is begun again; one that runs is left alone.
    UniqueFd fd(::open(part.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd) return disk_failure("create", part);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        return fail(ErrorCode::Conflict, part.string() + " is being written by another restore");
    }
    if (::ftruncate(fd.get(), 0) != 0) return disk_failure("empty", part);
    return std::unique_ptr<DatabaseRebuild>(
        new Rebuild(std::move(fd), std::move(part), std::move(into), page_bytes));
}

}  // namespace syncwatch::sqlite
