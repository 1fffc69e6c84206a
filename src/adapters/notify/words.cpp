#include "adapters/notify/words.h"

#include <fmt/format.h>

#include "base/plain_line.h"

namespace syncwatch::notify {

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
