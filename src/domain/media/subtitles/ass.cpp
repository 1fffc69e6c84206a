#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "domain/media/subtitles/cue.h"
#include "domain/media/subtitles/markup.h"
#include "domain/media/subtitles/text.h"

namespace syncwatch::subtitles {
namespace {

/// Which column of an event holds what.
struct Columns {
    std::size_t count = 10;
    std::size_t start = 1;
    std::size_t end = 2;
    std::size_t text = 9;
};

/// Up to `most` parts between commas; the last one takes the rest.
std::vector<std::string_view> split(std::string_view line, std::size_t most) {
    std::vector<std::string_view> parts;
    while (parts.size() + 1 < most) {
        const std::size_t comma = line.find(',');
        if (comma == std::string_view::npos) break;
        parts.push_back(trimmed(line.substr(0, comma)));
        line.remove_prefix(comma + 1);
    }
    parts.push_back(line);
    return parts;
}

std::optional<Columns> columns_from(std::string_view format) {
    const auto names = split(format, 64);
    Columns columns;
    columns.count = names.size();
    const auto place = [&names](std::string_view name) {
        const auto same = [name](std::string_view each) { return trimmed(each) == name; };
        return static_cast<std::size_t>(std::ranges::find_if(names, same) - names.begin());
    };
    columns.start = place("Start");
    columns.end = place("End");
    columns.text = place("Text");
    // Text comes last, because it may hold commas.
    if (columns.start >= columns.count || columns.end >= columns.count ||
        columns.text + 1 != columns.count) {
        return std::nullopt;
    }
    return columns;
}

/// One "\name value" in the braces of an event.
class Overrides {
public:
    Overrides(Markup& markup, std::string& settings, bool& drawing)
        : markup_(markup), settings_(settings), drawing_(drawing) {}

    void apply(std::string_view block) {
        while (!block.empty()) {
            const std::size_t slash = block.find('\\');
            if (slash == std::string_view::npos) return;
            block.remove_prefix(slash + 1);
            apply_one(block.substr(0, block.find('\\')));
        }
    }

private:
    void apply_one(std::string_view mark) {
        if (mark.size() == 3 && mark.starts_with("an")) {
            settings_ = settings_at(mark[2] - '0');
        } else if (mark.size() >= 2 && mark[0] == 'p' && mark[1] >= '0' && mark[1] <= '9') {
            drawing_ = mark[1] != '0';
        } else if (mark.starts_with('r')) {
            for (const char* tag : {"b", "i", "u"}) markup_.close(tag);
        } else if (mark.size() >= 2 && mark.size() <= 4) {
            style(mark.substr(0, 1), mark.substr(1));
        }
    }

    /// \b1 and \b700 are bold; \b0 ends it.
    void style(std::string_view tag, std::string_view value) {
        const bool known = tag == "b" || tag == "i" || tag == "u";
        if (!known || value.find_first_not_of("0123456789") != std::string_view::npos) return;
        const bool on = value == "1" || (tag == "b" && value.size() == 3 && value >= "500");
        if (on) markup_.open(tag);
        if (!on) markup_.close(tag);
    }

    Markup& markup_;
    std::string& settings_;
    bool& drawing_;
};

/// "\N" and "\n" end a line, "\h" is a space that does not break.
std::string plain_text(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char next = text[at] == '\\' && at + 1 < text.size() ? text[at + 1] : '\0';
        if (next == 'N' || next == 'n') out += '\n';
        if (next == 'h') out += "\xc2\xa0";
        if (next == 'N' || next == 'n' || next == 'h') {
            ++at;
        } else {
            out += text[at];
        }
    }
    return out;
}

void fill(Cue& cue, std::string_view text) {
    Markup markup;
    bool drawing = false;
    Overrides overrides(markup, cue.settings, drawing);
    while (!text.empty()) {
        const std::size_t brace = std::min(text.find('{'), text.size());
        // Vector drawings are numbers, not words.
        if (!drawing) markup.text(plain_text(text.substr(0, brace)));
        text.remove_prefix(brace);
        const std::size_t end = text.find('}');
        if (end == std::string_view::npos) {
            if (!drawing) markup.text(plain_text(text));
            break;
        }
        overrides.apply(text.substr(1, end - 1));
        text.remove_prefix(end + 1);
    }
    cue.text = markup.finish();
}

/// What stands behind "name:" on a line, if it does.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
    if (!line.starts_with(name)) return std::nullopt;
    line.remove_prefix(name.size());
    if (!line.starts_with(':')) return std::nullopt;
    return trimmed(line.substr(1));
}

std::optional<Cue> cue_from(std::string_view event, const Columns& columns) {
    const auto parts = split(event, columns.count);
    if (parts.size() != columns.count) return std::nullopt;
    std::string_view start_text = parts[columns.start];
    std::string_view end_text = parts[columns.end];
    const auto start = take_time(start_text);
    const auto end = take_time(end_text);
    if (!start || !end || !start_text.empty() || !end_text.empty()) return std::nullopt;
    Cue cue{*start, *end, {}, {}};
    fill(cue, parts[columns.text]);
    return cue;
}

}  // namespace

Result<std::vector<Cue>> read_ass(const std::vector<std::string_view>& lines) {
    std::vector<Cue> cues;
    // Shadows and glows are the same words on several layers.
    std::set<std::tuple<Time, Time, std::string>> seen;
    Columns columns;
    bool in_events = false;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        const std::string_view line = trimmed(lines[at]);
        if (line.starts_with('[')) in_events = line == "[Events]";
        if (!in_events) continue;
        if (const auto format = value_of(line, "Format")) {
            const auto parsed = columns_from(*format);
            if (!parsed) return broken(at, "the format of the events cannot be read");
            columns = *parsed;
        }
        const auto event = value_of(line, "Dialogue");
        if (!event) continue;
        auto cue = cue_from(*event, columns);
        if (!cue) return broken(at, "this event cannot be read");
        if (cue->end <= cue->start || cue->text.empty()) continue;
        if (!seen.emplace(cue->start, cue->end, cue->text).second) continue;
        cues.push_back(*std::move(cue));
        if (cues.size() > kMaxCues) return broken("there are too many subtitles in it");
    }
    return cues;
}

}  // namespace syncwatch::subtitles
