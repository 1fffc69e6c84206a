#include "adapters/age/age_header.h"

#include <algorithm>
#include <optional>

namespace syncwatch::age {
namespace {

constexpr std::string_view kVersion = "age-encryption.org/v1\n";
constexpr std::string_view kStanza = "-> ";
constexpr std::string_view kEnd = "--- ";
/// The body of a stanza is base64 in lines of so many letters; a shorter one is its last.
constexpr std::size_t kColumns = 64;
/// HMAC-SHA-256 in base64 without padding.
constexpr std::size_t kMacLetters = 43;

tl::unexpected<Error> damaged(std::string_view what) {
    return fail(ErrorCode::Corrupt, "the encrypted file is damaged: " + std::string(what));
}

bool is_base64(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '/';
    });
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 127; });
}

/// The lines of a text, one after the other.
class Lines {
public:
    explicit Lines(std::string_view text) : text_(text) {}

    /// Without its end; nullopt: there is no whole one.
    std::optional<std::string_view> next() {
        const std::size_t end = text_.find('\n', at_);
        if (end == std::string_view::npos) return std::nullopt;
        const std::string_view line = text_.substr(at_, end - at_);
        at_ = end + 1;
        return line;
    }
    std::size_t at() const { return at_; }

private:
    const std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

bool is_age_file(std::string_view start) {
    return start.starts_with(kVersion);
}

Result<AgeHeader> read_age_header(std::string_view start) {
    if (!is_age_file(start)) return damaged("it is none of age's");
    AgeHeader header;
    Lines lines(start.substr(0, kMostHeader));
    (void)lines.next();
    for (;;) {
        const auto line = lines.next();
        if (!line) return damaged("its header is cut off");
        if (line->starts_with(kEnd)) {
            const std::string_view mac = line->substr(kEnd.size());
            if (mac.size() != kMacLetters || !is_base64(mac)) return damaged("its header's end");
            if (header.recipients == 0) return damaged("nobody can open it");
            header.bytes = lines.at();
            return header;
        }
        if (!line->starts_with(kStanza) || !is_printable(*line)) return damaged("its header");
        ++header.recipients;
        for (bool more = true; more;) {
            const auto body = lines.next();
            if (!body) return damaged("its header is cut off");
            if (body->size() > kColumns || !is_base64(*body)) return damaged("its header");
            more = body->size() == kColumns;
        }
    }
}

Result<> check_size(const AgeHeader& header, std::uint64_t file_bytes) {
    constexpr std::uint64_t kNonce = 16;
    constexpr std::uint64_t kTag = 16;
    constexpr std::uint64_t kChunk = 64 * 1024 + kTag;
    if (file_bytes < header.bytes + kNonce + kTag) return damaged("it is cut off");
    const std::uint64_t payload = file_bytes - header.bytes - kNonce;
    const std::uint64_t last = payload % kChunk;
    // A chunk without anything in it is only the one of a file that is empty.
    if (last == 0 || last > kTag || payload == kTag) return {};
    return damaged("it is cut off");
}

}  // namespace syncwatch::age
