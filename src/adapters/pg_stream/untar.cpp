#include "adapters/pg_stream/untar.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace syncwatch::pg_stream {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = 512;

tl::unexpected<Error> cannot_lay(std::string_view doing, const fs::path& path, int why) {
    return fail_unavailable("backup",
                            fmt::format("{} {}: {}", doing, path.string(), std::strerror(why)),
                            std::chrono::seconds(30));
}

std::string text_at(std::string_view header, std::size_t at, std::size_t size) {
    const std::string_view field = header.substr(at, size);
    return std::string(field.substr(0, field.find('\0')));
}

std::optional<std::uint64_t> octal_at(std::string_view header, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    // Sizes that octal digits do not hold stand there in binary (GNU tar).
    if ((static_cast<unsigned char>(header[at]) & 0x80u) != 0) {
        for (std::size_t i = size - 8; i < size; ++i) {
            value = value << 8 | static_cast<unsigned char>(header[at + i]);
        }
        return value;
    }
    for (const char each : header.substr(at, size)) {
        if (each == '\0' || each == ' ') break;
        if (each < '0' || each > '7') return std::nullopt;
        value = value << 3 | static_cast<std::uint64_t>(each - '0');
    }
    return value;
}

bool has_right_sum(std::string_view header) {
    constexpr std::size_t kSum = 148;
    constexpr std::size_t kSumEnd = 156;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
        const bool is_sum = i >= kSum && i < kSumEnd;
        sum += is_sum ? std::uint64_t{' '} : static_cast<unsigned char>(header[i]);
    }
    const auto said = octal_at(header, kSum, kSumEnd - kSum);
    return said && *said == sum;
}

bool leads_down(const fs::path& name) {
    return !name.empty() && name.is_relative() &&
           std::ranges::none_of(name, [](const fs::path& each) { return each == ".."; });
}

}  // namespace

Result<> Untar::give(const fs::path& path) const {
    if (!owner_ || ::lchown(path.c_str(), owner_->user, owner_->group) == 0) return {};
    return cannot_lay("give away", path, errno);
}

Result<> Untar::make_folder(const fs::path& path, unsigned mode) {
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return cannot_lay("make", path, errno);
    return give(path);
}

Result<> Untar::begin_entry(std::string_view header) {
    if (header.find_first_not_of('\0') == header.npos) {
        ended_ = true;
        return {};
    }
    constexpr std::size_t kMode = 100;
    constexpr std::size_t kSize = 124;
    constexpr std::size_t kType = 156;
    constexpr std::size_t kPrefix = 345;
    const auto mode = octal_at(header, kMode, 8);
    const auto size = octal_at(header, kSize, 12);
    const std::string prefix = text_at(header, kPrefix, 155);
    const fs::path name = fs::path(prefix) / text_at(header, 0, 100);
    if (!has_right_sum(header) || !mode || !size || !leads_down(name)) {
        return fail(ErrorCode::Corrupt, "the copy is no archive that PostgreSQL made");
    }
    path_ = (into_ / name).lexically_normal();
    const char type = header[kType];
    if (type == '5') return make_folder(path_, 0700);
    if (type != '0' && type != '\0') {
        return fail(ErrorCode::InvalidInput,
                    name.string() + " is a tablespace: these are not supported", "tablespaces");
    }
    file_ = UniqueFd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                            static_cast<::mode_t>(*mode & 0700)));
    if (!file_) return cannot_lay("make", path_, errno);
    left_ = *size;
    padding_ = (kBlock - *size % kBlock) % kBlock;
    return give(path_);
}

Result<> Untar::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        if (left_ > 0) {
            const auto part = bytes.substr(0, std::min<std::uint64_t>(left_, bytes.size()));
            const auto written = ::write(file_.get(), part.data(), part.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return cannot_lay("write", path_, errno);
            left_ -= static_cast<std::uint64_t>(written);
            bytes.remove_prefix(static_cast<std::size_t>(written));
            continue;
        }
        if (padding_ > 0) {
            const auto part = std::min<std::uint64_t>(padding_, bytes.size());
            padding_ -= part;
            bytes.remove_prefix(part);
            continue;
        }
        file_ = UniqueFd();
        // The manifest comes behind where the server's own archive would have ended.
        const auto part = bytes.substr(0, kBlock - header_.size());
        header_ += part;
        bytes.remove_prefix(part.size());
        if (header_.size() < kBlock) continue;
        const std::string header = std::exchange(header_, {});
        SW_CHECK(begin_entry(header));
    }
    return {};
}

Result<> Untar::finish() {
    file_ = UniqueFd();
    if (left_ > 0 || padding_ > 0 || !header_.empty() || !ended_) {
        return fail(ErrorCode::Corrupt, "the copy is cut off");
    }
    const UniqueFd folder(::open(into_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder && ::syncfs(folder.get()) == 0) return {};
    return cannot_lay("sync", into_, errno);
}

}  // namespace syncwatch::pg_stream
