#include "base/encoding.h"

#include <cstring>

#include <sodium.h>

namespace syncwatch {
namespace {

std::string encode(ByteView bytes, int variant) {
    std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(out.data(), out.size(), bytes.data(), bytes.size(), variant);
    out.pop_back();  // sodium counts and writes the terminating NUL
    return out;
}

Result<std::vector<std::uint8_t>> decode(std::string_view text, int variant) {
    std::vector<std::uint8_t> out(text.size() / 4 * 3 + 3);
    std::size_t size = 0;
    const char* end = nullptr;
    const int bad = sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr,
                                      &size, &end, variant);
    if (bad != 0 || end != text.data() + text.size()) {
        return fail(ErrorCode::InvalidInput, "not base64");
    }
    out.resize(size);
    return out;
}

/// Length of the UTF-8 sequence that `lead` begins, or 0 if no sequence begins so.
std::size_t sequence_length(std::uint8_t lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return 2;
    if ((lead & 0xf0) == 0xe0) return 3;
    if (lead >= 0xf0 && lead <= 0xf4) return 4;
    return 0;
}

/// The second byte has a narrower range behind some lead bytes (RFC 3629, 4).
bool second_in_range(std::uint8_t lead, std::uint8_t second) {
    switch (lead) {
        case 0xe0: return second >= 0xa0;
        case 0xed: return second <= 0x9f;
        case 0xf0: return second >= 0x90;
        case 0xf4: return second <= 0x8f;
        default: return true;
    }
}

}  // namespace

std::string encode_hex(ByteView bytes) {
    std::string out(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), bytes.data(), bytes.size());
    out.pop_back();
    return out;
}

Result<std::vector<std::uint8_t>> decode_hex(std::string_view text) {
    if (text.size() % 2 != 0) return fail(ErrorCode::InvalidInput, "not hexadecimal");
    if (text.empty()) return {};  // The library must not be given a null pointer.
    std::vector<std::uint8_t> out(text.size() / 2);
    std::size_t size = 0;
    const char* end = nullptr;
    const int bad =
        sodium_hex2bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, &end);
    if (bad != 0 || end != text.data() + text.size() || size != out.size()) {
        return fail(ErrorCode::InvalidInput, "not hexadecimal");
    }
    return out;
}

std::string encode_base64(ByteView bytes) {
    return encode(bytes, sodium_base64_VARIANT_ORIGINAL);
}
Result<std::vector<std::uint8_t>> decode_base64(std::string_view text) {
    return decode(text, sodium_base64_VARIANT_ORIGINAL);
}
std::string encode_base64url(ByteView bytes) {
    return encode(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
Result<std::vector<std::uint8_t>> decode_base64url(std::string_view text) {
    return decode(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool is_utf8(std::string_view text) {
    const ByteView bytes = as_bytes(text);
    for (std::size_t i = 0; i < bytes.size();) {
        // Most text is ASCII for long stretches.
        std::uint64_t eight = 0;
        if (i + sizeof(eight) <= bytes.size()) {
            std::memcpy(&eight, bytes.data() + i, sizeof(eight));
            if ((eight & 0x8080808080808080) == 0) {
                i += sizeof(eight);
                continue;
            }
        }
        const std::size_t length = sequence_length(bytes[i]);
        if (length == 0 || i + length > bytes.size()) return false;
        for (std::size_t k = 1; k < length; ++k) {
            if ((bytes[i + k] & 0xc0) != 0x80) return false;
        }
        if (length > 1 && !second_in_range(bytes[i], bytes[i + 1])) return false;
        i += length;
    }
    return true;
}

}  // namespace syncwatch
