#include "base/plain_line.h"

#include "base/encoding.h"

namespace syncwatch {
namespace {

/// Cuts behind a whole character.
std::string_view beginning(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end);
}

}  // namespace

std::string plain_line(std::string_view text, std::size_t most) {
    std::string line(beginning(text, most));
    const bool is_text = is_utf8(line);
    for (char& each : line) {
        const auto byte = static_cast<unsigned char>(each);
        if (byte < ' ' || byte == 127) each = ' ';
        if (!is_text && byte >= 128) each = '?';
    }
    return line;
}

}  // namespace syncwatch
