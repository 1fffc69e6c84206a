#include "recovery/bundle/tar.h"

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"

namespace syncwatch::recovery {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kMostEntries = 4096;
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 33;  // Eleven octal digits.

/// Where a field lies in a header.
struct Field {
    std::size_t at;
    std::size_t size;
};
constexpr Field kName{0, 100};
constexpr Field kMode{100, 8};
constexpr Field kUser{108, 8};
constexpr Field kGroup{116, 8};
constexpr Field kSize{124, 12};
constexpr Field kTime{136, 12};
constexpr Field kSum{148, 8};
constexpr std::size_t kTypeAt = 156;
constexpr Field kLink{157, 100};
constexpr Field kMagic{257, 8};
constexpr Field kOwnerName{265, 32};
constexpr Field kGroupName{297, 32};
constexpr Field kPrefix{345, 155};
constexpr std::string_view kUstar("ustar\00000", 8);

void put(std::string& block, Field field, std::string_view text) {
    std::ranges::copy(text.substr(0, field.size), block.begin() + static_cast<long>(field.at));
}

void put_number(std::string& block, Field field, std::uint64_t number) {
    put(block, field, fmt::format("{:0{}o}", number, field.size - 1));
}

/// The sum of all bytes, those of the sum itself taken as spaces.
unsigned sum_of(std::string_view block) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
        const bool own = i >= kSum.at && i < kSum.at + kSum.size;
        sum += own ? ' ' : static_cast<unsigned char>(block[i]);
    }
    return sum;
}

std::size_t padding(std::size_t size) {
    return (kBlock - size % kBlock) % kBlock;
}

/// A long name stands in two fields, cut at a slash. nullopt: it does not fit.
std::optional<std::pair<std::string_view, std::string_view>> cut(std::string_view name) {
    if (name.size() <= kName.size) return std::pair{std::string_view(), name};
    const std::size_t slash = name.find('/', name.size() - kName.size - 1);
    if (slash == std::string_view::npos || slash > kPrefix.size || slash == 0) return std::nullopt;
    return std::pair{name.substr(0, slash), name.substr(slash + 1)};
}

std::string header_of(const TarEntry& entry, std::string_view prefix, std::string_view name) {
    std::string block(kBlock, '\0');
    put(block, kName, name);
    put_number(block, kMode, entry.mode & 07777);
    put_number(block, kUser, 0);
    put_number(block, kGroup, 0);
    put_number(block, kSize, entry.bytes.size());
    put_number(block, kTime, static_cast<std::uint64_t>(std::max<std::int64_t>(0, entry.made)));
    block[kTypeAt] = '0';
    put(block, kMagic, kUstar);
    // A name that is cut would be somebody else's.
    if (entry.owner.size() < kOwnerName.size) put(block, kOwnerName, entry.owner);
    if (entry.group.size() < kGroupName.size) put(block, kGroupName, entry.group);
    put(block, kPrefix, prefix);
    put(block, kSum, fmt::format("{:06o}", sum_of(block)));
    block[kSum.at + 7] = ' ';
    return block;
}

tl::unexpected<Error> corrupt(std::string_view what, std::size_t at) {
    return fail(ErrorCode::Corrupt, fmt::format("the archive is damaged at byte {}: {}", at, what));
}

/// Until the first NUL; nullopt: something stands behind it.
std::optional<std::string_view> text_in(std::string_view block, Field field) {
    const std::string_view whole = block.substr(field.at, field.size);
    const std::string_view text = whole.substr(0, whole.find('\0'));
    if (whole.find_first_not_of('\0', text.size()) != std::string_view::npos) return std::nullopt;
    return text;
}

/// Octal digits, then spaces or NULs.
std::optional<std::uint64_t> number_in(std::string_view block, Field field) {
    std::string_view text = block.substr(field.at, field.size);
    while (!text.empty() && (text.back() == '\0' || text.back() == ' ')) text.remove_suffix(1);
    if (text.empty()) return std::nullopt;
    std::uint64_t number = 0;
    for (const char digit : text) {
        if (digit < '0' || digit > '7') return std::nullopt;
        number = number << 3 | static_cast<std::uint64_t>(digit - '0');
    }
    return number;
}

bool is_zero(std::string_view bytes) {
    return bytes.find_first_not_of('\0') == std::string_view::npos;
}

class Reader {
public:
    explicit Reader(std::string_view archive) : archive_(archive) {}

    Result<std::vector<TarEntry>> read() {
        std::vector<TarEntry> entries;
        for (;;) {
            if (archive_.size() - at_ < kBlock) return corrupt("it is cut off", at_);
            if (is_zero(archive_.substr(at_, kBlock))) break;
            if (entries.size() == kMostEntries) return corrupt("there are too many files", at_);
            SW_TRY(TarEntry entry, next());
            if (!names_.insert(entry.name).second) return corrupt("a name stands twice", at_);
            entries.push_back(std::move(entry));
        }
        const std::string_view end = archive_.substr(at_);
        if (end.size() < 2 * kBlock) return corrupt("it is cut off", at_);
        if (!is_zero(end)) return corrupt("something stands behind its end", at_);
        return entries;
    }

private:
    Result<TarEntry> next() {
        const std::size_t start = at_;
        const std::string_view block = archive_.substr(at_, kBlock);
        const auto sum = number_in(block, kSum);
        if (!sum || *sum != sum_of(block)) return corrupt("a header's sum is wrong", start);
        if (block.substr(kMagic.at, kMagic.size) != kUstar) {
            return corrupt("it is of another kind", start);
        }
        if (block[kTypeAt] != '0' || !is_zero(block.substr(kLink.at, kLink.size))) {
            return corrupt("there is something that is no file", start);
        }
        TarEntry entry;
        const auto prefix = text_in(block, kPrefix);
        const auto name = text_in(block, kName);
        if (!prefix || !name) return corrupt("a name goes on behind its end", start);
        entry.name = prefix->empty() ? std::string(*name) : fmt::format("{}/{}", *prefix, *name);
        if (!is_safe_name(entry.name)) return corrupt("a name leads out of it", start);
        const auto owner = text_in(block, kOwnerName);
        const auto group = text_in(block, kGroupName);
        const auto mode = number_in(block, kMode);
        const auto size = number_in(block, kSize);
        const auto made = number_in(block, kTime);
        if (!owner || !group || !mode || !size || !made) return corrupt("no header", start);
        if (*mode > 07777) return corrupt("permissions that are none", start);
        entry.owner = *owner;
        entry.group = *group;
        entry.mode = static_cast<unsigned>(*mode);
        entry.made = static_cast<std::int64_t>(*made);
        at_ += kBlock;
        const std::size_t left = archive_.size() - at_;
        if (*size > left || padding(*size) > left - *size) return corrupt("it is cut off", start);
        entry.bytes = archive_.substr(at_, *size);
        if (!is_zero(archive_.substr(at_ + *size, padding(*size)))) {
            return corrupt("something stands between its files", start);
        }
        at_ += *size + padding(*size);
        return entry;
    }

    const std::string_view archive_;
    std::size_t at_ = 0;
    std::set<std::string> names_;
};

}  // namespace

bool is_safe_name(std::string_view name) {
    if (name.empty() || !is_utf8(name)) return false;
    if (std::ranges::any_of(name, [](unsigned char c) { return c < ' ' || c == 127; })) {
        return false;
    }
    for (std::string_view rest = name;;) {
        const std::size_t slash = rest.find('/');
        const std::string_view part = rest.substr(0, slash);
        if (part.empty() || part == "." || part == "..") return false;
        if (slash == std::string_view::npos) return true;
        rest.remove_prefix(slash + 1);
    }
}

Result<std::string> write_tar(const std::vector<TarEntry>& entries) {
    std::string archive;
    for (const TarEntry& each : entries) {
        const auto parts = cut(each.name);
        if (!parts || !is_safe_name(each.name) || each.bytes.size() >= kMostBytes) {
            return fail(ErrorCode::InvalidInput,
                        each.name + " has a name or a size that an archive cannot hold");
        }
        archive += header_of(each, parts->first, parts->second);
        archive += each.bytes;
        archive.append(padding(each.bytes.size()), '\0');
    }
    archive.append(2 * kBlock, '\0');
    return archive;
}

Result<std::vector<TarEntry>> read_tar(std::string_view archive) {
    return Reader(archive).read();
}

}  // namespace syncwatch::recovery
