#include "adapters/notify/words.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/encoding.h"

namespace syncwatch::notify {
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

std::string headline(const Notice& notice) {
    const std::string what = plain_line(notice.what);
    switch (notice.turn) {
        case Notice::Turn::Ends: return "well again: " + what;
        case Notice::Turn::Stands: return fmt::format("still {}: {}", word(notice.severity), what);
        case Notice::Turn::Begins:
        case Notice::Turn::Once: break;
    }
    return notice.severity == Severity::News ? what
                                             : fmt::format("{}: {}", word(notice.severity), what);
}

std::string details(const Notice& notice) {
    std::string text = fmt::format("At       {}\n", plain_line(notice.site));
    if (notice.since != WallTime{}) text += "Since    " + format_rfc3339(notice.since) + "\n";
    if (notice.turn != Notice::Turn::Ends && !notice.next.empty()) {
        text += fmt::format("To do    {}\n", plain_line(notice.next));
    }
    if (!notice.doc.empty()) text += fmt::format("More     {}\n", plain_line(notice.doc));
    return text;
}

}  // namespace syncwatch::notify
