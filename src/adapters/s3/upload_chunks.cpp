#include "adapters/s3/upload_chunks.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace syncwatch::s3 {
namespace {

constexpr std::string_view kChunk = "chunk-";
constexpr std::string_view kProvisional = "maybe-";
constexpr std::string_view kAccepted = "accepted-";
constexpr std::size_t kDigits = 16;

std::optional<std::uint64_t> take_number(std::string_view& text) {
    std::uint64_t number = 0;
    if (text.size() <= kDigits || text[kDigits] != '-') return std::nullopt;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + kDigits, number, 16);
    if (failed != std::errc() || end != text.data() + kDigits) return std::nullopt;
    text.remove_prefix(kDigits + 1);
    return number;
}

/// nullopt: it is no piece, or one that does not count.
std::optional<UploadChunk> read_piece(const std::string& name,
                                      const std::set<std::string_view>& accepted) {
    std::string_view rest = name;
    const bool provisional = rest.starts_with(kProvisional);
    if (!provisional && !rest.starts_with(kChunk)) return std::nullopt;
    rest.remove_prefix(provisional ? kProvisional.size() : kChunk.size());
    const auto offset = take_number(rest);
    const auto size = offset ? take_number(rest) : std::nullopt;
    if (!size || *size == 0) return std::nullopt;
    if (*size > std::numeric_limits<std::uint64_t>::max() - *offset) return std::nullopt;
    if (provisional && !accepted.contains(rest)) return std::nullopt;
    return UploadChunk{*offset, *size, name};
}

}  // namespace

std::string chunk_name(std::uint64_t offset, std::uint64_t size, std::string_view writer) {
    return fmt::format("{}{:016x}-{:016x}-{}", kChunk, offset, size, writer);
}

std::string provisional_name(std::uint64_t offset, std::uint64_t size, std::string_view writer) {
    return fmt::format("{}{:016x}-{:016x}-{}", kProvisional, offset, size, writer);
}

std::string accepted_name(std::string_view writer) {
    return fmt::format("{}{}", kAccepted, writer);
}

std::vector<UploadChunk> chain_of(const std::vector<std::string>& names) {
    std::set<std::string_view> accepted;
    for (const std::string& name : names) {
        if (name.starts_with(kAccepted)) {
            accepted.insert(std::string_view(name).substr(kAccepted.size()));
        }
    }
    std::vector<UploadChunk> pieces;
    for (const std::string& name : names) {
        if (auto piece = read_piece(name, accepted)) pieces.push_back(*std::move(piece));
    }
    std::ranges::sort(pieces, {}, &UploadChunk::offset);
    // Where a chain can end, and by which piece it came there. A piece ends behind its offset, so
    // that one look at each, in order, is enough.
    std::map<std::uint64_t, const UploadChunk*> ends{{0, nullptr}};
    for (const UploadChunk& piece : pieces) {
        if (ends.contains(piece.offset)) ends.emplace(piece.end(), &piece);
    }
    std::vector<UploadChunk> chain;
    for (const UploadChunk* last = ends.rbegin()->second; last != nullptr;) {
        chain.push_back(*last);
        last = ends.at(last->offset);
    }
    std::ranges::reverse(chain);
    return chain;
}

std::uint64_t reach_of(const std::vector<UploadChunk>& chain) {
    return chain.empty() ? 0 : chain.back().end();
}

}  // namespace syncwatch::s3
