#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace syncwatch {

using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Lower-case hexadecimal.
std::string encode_hex(ByteView bytes);
/// Lower or upper case. Errors: InvalidInput.
Result<std::vector<std::uint8_t>> decode_hex(std::string_view text);

/// Base64 with padding (RFC 4648, 4).
std::string encode_base64(ByteView bytes);
/// Strict: padding required, no white space. Errors: InvalidInput.
Result<std::vector<std::uint8_t>> decode_base64(std::string_view text);

/// Base64 for URLs, without padding (RFC 4648, 5).
std::string encode_base64url(ByteView bytes);
/// Errors: InvalidInput.
Result<std::vector<std::uint8_t>> decode_base64url(std::string_view text);

/// True if `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

}  // namespace syncwatch
