#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncwatch::subtitles {

/// The file's text as UTF-8 without a byte order mark, whatever it was encoded in, and without
/// control characters but line feeds and tabs.
std::string decode_text(std::string_view file);

/// The lines of the text; LF, CR LF and CR end one.
std::vector<std::string_view> lines_of(std::string_view text);

std::string_view trimmed(std::string_view text);
bool starts_with_word(std::string_view line, std::string_view word);

/// Appends a code point as UTF-8; what is none becomes U+FFFD.
void append_utf8(std::string& out, char32_t character);

}  // namespace syncwatch::subtitles
