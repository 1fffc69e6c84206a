#include <utility>

#include "domain/media/subtitles/cue.h"
#include "domain/media/subtitles/markup.h"
#include "domain/media/subtitles/text.h"

namespace syncwatch::subtitles {
namespace {

/// The end of the block that begins at `from`: an empty line or the file's end.
std::size_t end_of_block(const std::vector<std::string_view>& lines, std::size_t from) {
    while (from < lines.size() && !lines[from].empty()) ++from;
    return from;
}

bool is_other_block(std::string_view line) {
    return starts_with_word(line, "NOTE") || starts_with_word(line, "STYLE") ||
           starts_with_word(line, "REGION");
}

Cue cue_from(const std::vector<std::string_view>& lines, const Timing& timing, std::size_t from,
             std::size_t end) {
    std::string text;
    for (std::size_t line = from; line < end; ++line) text.append(lines[line]).append("\n");
    Markup markup;
    add_tagged_text(markup, text);
    return {timing.start, timing.end, clean_settings(timing.rest), markup.finish()};
}

}  // namespace

Result<std::vector<Cue>> read_vtt(const std::vector<std::string_view>& lines) {
    std::vector<Cue> cues;
    for (std::size_t at = end_of_block(lines, 0); at < lines.size(); ++at) {
        if (lines[at].empty()) continue;
        const std::size_t end = end_of_block(lines, at);
        if (is_other_block(lines[at])) {
            at = end;
            continue;
        }
        // A cue's own name may stand before its time.
        const bool named = lines[at].find("-->") == std::string_view::npos;
        const std::size_t time_line = named ? at + 1 : at;
        if (time_line < end) {
            const auto timing = parse_timing(lines[time_line]);
            if (!timing) return broken(time_line, "this time cannot be read");
            Cue cue = cue_from(lines, *timing, time_line + 1, end);
            if (cue.end > cue.start && !cue.text.empty()) cues.push_back(std::move(cue));
            if (cues.size() > kMaxCues) return broken("there are too many subtitles in it");
        }
        at = end;
    }
    return cues;
}

}  // namespace syncwatch::subtitles
