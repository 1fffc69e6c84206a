#include "adapters/program/memory_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace syncwatch::program {
namespace {

tl::unexpected<Error> cannot(std::string_view doing) {
    return fail_unavailable("backup", fmt::format("{}: {}", doing, std::strerror(errno)),
                            std::chrono::seconds(5));
}

}  // namespace

Result<UniqueFd> memory_file(std::string_view bytes) {
    UniqueFd file(::memfd_create("syncwatch", MFD_CLOEXEC));
    if (!file || ::fcntl(file.get(), F_SETFL, O_APPEND) != 0) {
        return cannot("make a file in memory");
    }
    while (!bytes.empty()) {
        const auto wrote = ::write(file.get(), bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) return cannot("fill a file in memory");
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    if (::lseek(file.get(), 0, SEEK_SET) != 0) return cannot("rewind a file in memory");
    return file;
}

Result<std::string> read_whole(int fd, std::uint64_t most) {
    std::string bytes;
    std::array<char, 64 << 10> buffer;
    for (;;) {
        const auto got =
            ::pread(fd, buffer.data(), buffer.size(), static_cast<::off_t>(bytes.size()));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot("read a file");
        if (got == 0) return bytes;
        bytes.append(buffer.data(), static_cast<std::size_t>(got));
        if (bytes.size() > most) return fail(ErrorCode::TooLarge, "there is too much of it");
    }
}

std::string read_end(int fd, std::size_t most) {
    struct ::stat facts {};
    if (::fstat(fd, &facts) != 0 || facts.st_size <= 0) return {};
    const auto size = static_cast<std::size_t>(facts.st_size);
    std::string text(std::min(size, most), '\0');
    std::size_t have = 0;
    while (have < text.size()) {
        const auto at = static_cast<::off_t>(size - text.size() + have);
        const auto got = ::pread(fd, text.data() + have, text.size() - have, at);
        if (got <= 0) break;
        have += static_cast<std::size_t>(got);
    }
    text.resize(have);
    return text;
}

}  // namespace syncwatch::program
