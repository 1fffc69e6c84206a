#include <utility>

#include "domain/media/subtitles/cue.h"
#include "domain/media/subtitles/markup.h"
#include "domain/media/subtitles/text.h"

namespace syncwatch::subtitles {
namespace {

bool is_number(std::string_view line) {
    return !line.empty() && line.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Text with SubStation's marks in braces, which many SRT files have: places are understood, the
/// rest left out.
void add_text(Markup& markup, std::string_view text, std::string& settings) {
    while (!text.empty()) {
        const std::size_t brace = std::min(text.find("{\\"), text.size());
        add_tagged_text(markup, text.substr(0, brace));
        text.remove_prefix(brace);
        if (text.empty()) return;
        const std::size_t end = text.find('}');
        if (end == std::string_view::npos) return markup.text(text);
        const std::string_view mark = text.substr(2, end - 2);
        if (mark.size() == 3 && mark.starts_with("an")) settings = settings_at(mark[2] - '0');
        text.remove_prefix(end + 1);
    }
}

/// The first line behind `from` that begins another cue: a timing, or its number before it.
std::size_t end_of_cue(const std::vector<std::string_view>& lines, std::size_t from) {
    std::size_t at = from;
    while (at < lines.size() && !parse_timing(lines[at])) ++at;
    if (at == lines.size()) return at;
    if (at > from && is_number(trimmed(lines[at - 1]))) --at;
    return at;
}

}  // namespace

// An empty line ends a cue, but some files have them inside: only the next timing ends it surely.
Result<std::vector<Cue>> read_srt(const std::vector<std::string_view>& lines) {
    std::vector<Cue> cues;
    for (std::size_t at = 0; at < lines.size();) {
        const auto timing = parse_timing(lines[at]);
        if (!timing) {
            if (lines[at].find("-->") != std::string_view::npos) {
                return broken(at, "this time cannot be read");
            }
            ++at;
            continue;
        }
        const std::size_t end = end_of_cue(lines, at + 1);
        Markup markup;
        Cue cue{timing->start, timing->end, {}, {}};
        std::string text;
        for (std::size_t line = at + 1; line < end; ++line) {
            if (lines[line].find("-->") != std::string_view::npos) {
                return broken(line, "this time cannot be read");
            }
            text.append(lines[line]).append("\n");
        }
        add_text(markup, text, cue.settings);
        cue.text = markup.finish();
        if (cue.end > cue.start && !cue.text.empty()) cues.push_back(std::move(cue));
        if (cues.size() > kMaxCues) return broken("there are too many subtitles in it");
        at = end;
    }
    return cues;
}

}  // namespace syncwatch::subtitles
