#include "protocol/tus/tus.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace syncwatch::tus {
namespace {

tl::unexpected<Error> bad(std::string message) {
    return fail(ErrorCode::InvalidInput, std::move(message), "bad_request");
}

std::string_view trimmed(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

/// Cuts the text up to `separator` off its front.
std::string_view take_until(std::string_view& text, char separator) {
    const std::string_view part = text.substr(0, text.find(separator));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    return part;
}

bool is_key(std::string_view key) {
    return !key.empty() && std::ranges::all_of(key, [](char c) { return c > ' ' && c < 0x7f; });
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

}  // namespace

Result<std::uint64_t> parse_number(std::string_view field) {
    std::uint64_t value = 0;
    const char* const end = field.data() + field.size();
    const auto [parsed, failed] = std::from_chars(field.data(), end, value);
    if (failed != std::errc() || parsed != end ||
        value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return bad("not a number of bytes");
    }
    return value;
}

Result<std::map<std::string, std::string>> parse_metadata(std::string_view field) {
    if (field.size() > kMaxMetadata) return bad("Upload-Metadata is too long");
    std::map<std::string, std::string> metadata;
    std::string_view rest = trimmed(field);
    while (!rest.empty()) {
        std::string_view pair = trimmed(take_until(rest, ','));
        const std::string_view key = take_until(pair, ' ');
        if (!is_key(key)) return bad("a key of Upload-Metadata is empty or no ASCII");
        auto value = decode_base64(trimmed(pair));
        if (!value) return bad("a value of Upload-Metadata is not base64");
        const bool added =
            metadata.emplace(std::string(key), std::string(value->begin(), value->end())).second;
        if (!added) return bad("a key of Upload-Metadata is there twice");
    }
    return metadata;
}

Result<Checksum> parse_checksum(std::string_view field) {
    std::string_view rest = trimmed(field);
    const std::string algorithm = lower(take_until(rest, ' '));
    Checksum checksum;
    std::size_t length = 20;
    if (algorithm == "sha256") {
        checksum.algorithm = Digest::Algorithm::Sha256;
        length = 32;
    } else if (algorithm != "sha1") {
        return bad("the checksum's algorithm is not supported");
    }
    auto sum = decode_base64(trimmed(rest));
    if (!sum || sum->size() != length) return bad("the checksum is not base64 of the right length");
    checksum.sum = *std::move(sum);
    return checksum;
}

bool is_upload_type(std::string_view content_type) {
    return lower(trimmed(take_until(content_type, ';'))) == kContentType;
}

}  // namespace syncwatch::tus
