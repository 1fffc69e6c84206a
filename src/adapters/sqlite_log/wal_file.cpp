#include "adapters/sqlite_log/wal_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace syncwatch::sqlite {

namespace {

using namespace std::chrono_literals;

std::uint64_t offset_of(const WalHeader& shape, std::uint32_t frame) {
    return kWalHeaderBytes + std::uint64_t{frame} * shape.frame_bytes();
}

/// Read at once while looking for an end: bounds the memory of that.
constexpr std::size_t kStretch = std::size_t{1} << 20;

}  // namespace

Result<WalFile> WalFile::open(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd) return WalFile(std::move(fd));
    const std::string message = fmt::format("open {}: {}", path, std::strerror(errno));
    if (errno == ENOENT) return fail(ErrorCode::NotFound, message);
    return fail_unavailable("database", message, 5s);
}

Result<std::string> WalFile::bytes_at(std::uint64_t offset, std::size_t bytes) const {
    std::string out(bytes, '\0');
    std::size_t done = 0;
    while (done < bytes) {
        const ssize_t got =
            ::pread(fd_.get(), out.data() + done, bytes - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            return fail_unavailable("database", fmt::format("read log: {}", std::strerror(errno)),
                                    5s);
        }
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    out.resize(done);
    return out;
}

Result<WalHeader> WalFile::header() const {
    SW_TRY(const std::string bytes, bytes_at(0, kWalHeaderBytes));
    return parse_wal_header(bytes);
}

Result<FrameRun> WalFile::read(const WalHeader& shape, LogPlace from, std::uint32_t until,
                               std::size_t most_bytes) const {
    FrameRun run;
    run.end = from;
    if (until <= from.frames) return run;
    const std::size_t fit = std::max<std::size_t>(1, most_bytes / shape.frame_bytes());
    const std::size_t count = std::min<std::size_t>(fit, until - from.frames);
    SW_TRY(run.frames, bytes_at(offset_of(shape, from.frames), count * shape.frame_bytes()));
    if (run.frames.size() != count * shape.frame_bytes()) {
        return fail(ErrorCode::Corrupt, "the log is shorter than what was committed");
    }
    WalChecksum checksum(shape.big_endian, from.checksum);
    for (std::size_t i = 0; i < count; ++i) {
        const auto bytes =
            std::string_view(run.frames).substr(i * shape.frame_bytes(), shape.frame_bytes());
        SW_TRY(const WalFrame frame, next_frame(bytes, from.epoch, checksum));
        ++run.end.frames;
        if (frame.commit_pages > 0) run.commits.push_back({run.end.frames, frame.commit_pages});
    }
    run.end.checksum = checksum.value();
    return run;
}

Result<LogPlace> WalFile::last_commit(const WalHeader& shape, LogPlace from) const {
    LogPlace committed = from;
    WalChecksum checksum(shape.big_endian, from.checksum);
    const std::size_t stretch =
        std::max<std::size_t>(1, kStretch / shape.frame_bytes()) * shape.frame_bytes();
    for (std::uint32_t at = from.frames;;) {
        SW_TRY(const std::string bytes, bytes_at(offset_of(shape, at), stretch));
        std::string_view rest = bytes;
        for (; rest.size() >= shape.frame_bytes(); rest.remove_prefix(shape.frame_bytes())) {
            const auto frame =
                next_frame(rest.substr(0, shape.frame_bytes()), from.epoch, checksum);
            if (!frame) return committed;
            ++at;
            if (frame->commit_pages > 0) committed = {from.epoch, at, checksum.value()};
        }
        if (bytes.size() < stretch) return committed;
    }
}

Result<std::optional<std::uint64_t>> WalFile::checksum_at(const WalHeader& header,
                                                          std::uint32_t frames) const {
    using Found = std::optional<std::uint64_t>;
    if (frames == 0) return Found(header.checksum);
    SW_TRY(const std::string bytes, bytes_at(offset_of(header, frames - 1), kFrameHeaderBytes));
    if (bytes.size() < kFrameHeaderBytes) return Found();
    const WalFrame frame = parse_frame(bytes);
    if (frame.epoch != header.epoch) return Found();
    return Found(frame.checksum);
}

}  // namespace syncwatch::sqlite
