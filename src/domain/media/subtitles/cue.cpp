#include "domain/media/subtitles/cue.h"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

#include "domain/media/subtitles/text.h"

namespace syncwatch::subtitles {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// One to four digits off the front.
std::optional<int> take_number(std::string_view& text) {
    int value = 0;
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits])) {
        if (digits == 4) return std::nullopt;
        value = value * 10 + (text[digits++] - '0');
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
    return value;
}

/// Behind the point: thousandths from one to any number of digits.
int take_thousandths(std::string_view& text) {
    int value = 0;
    int scale = 100;
    while (!text.empty() && is_digit(text.front())) {
        value += (text.front() - '0') * scale;
        scale /= 10;
        text.remove_prefix(1);
    }
    return value;
}

bool is_setting(std::string_view setting) {
    constexpr std::array<std::string_view, 5> kNames = {
        "vertical:", "line:", "position:", "size:", "align:"};
    const auto known = [setting](std::string_view name) {
        return setting.size() > name.size() && setting.starts_with(name);
    };
    const auto plain = [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || c == ':' || c == '.' || c == '%' ||
               c == ',' || c == '-';
    };
    return setting.size() <= 40 && std::ranges::any_of(kNames, known) &&
           std::ranges::all_of(setting, plain);
}

std::string format_time(Time time) {
    const auto ms = time.count();
    return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60,
                       ms % 1000);
}

}  // namespace

tl::unexpected<Error> broken(std::string_view what) {
    Error error;
    error.code = ErrorCode::InvalidInput;
    error.message = fmt::format("subtitles: {}", what);
    error.reason = "bad_subtitles";
    error.fields.push_back({"file", std::string(what)});
    return fail(std::move(error));
}

tl::unexpected<Error> broken(std::size_t line, std::string_view what) {
    return broken(fmt::format("line {}: {}", line + 1, what));
}

std::optional<Time> take_time(std::string_view& text) {
    std::string_view rest = text;
    std::array<int, 3> parts{};
    std::size_t count = 0;
    for (;;) {
        const auto number = take_number(rest);
        if (!number) return std::nullopt;
        parts[count++] = *number;
        if (count == parts.size() || !rest.starts_with(':')) break;
        rest.remove_prefix(1);
    }
    if (count < 2) return std::nullopt;
    int thousandths = 0;
    if (rest.size() > 1 && (rest.front() == '.' || rest.front() == ',') && is_digit(rest[1])) {
        rest.remove_prefix(1);
        thousandths = take_thousandths(rest);
    }
    const int hours = count == 3 ? parts[0] : 0;
    const int minutes = parts[count - 2];
    const int seconds = parts[count - 1];
    if (seconds > 59 || (count == 3 && minutes > 59) || hours > 999) return std::nullopt;
    text = rest;
    return Time(((hours * 60LL + minutes) * 60 + seconds) * 1000 + thousandths);
}

std::optional<Timing> parse_timing(std::string_view line) {
    Timing timing;
    line = trimmed(line);
    const auto start = take_time(line);
    line = trimmed(line);
    if (!start || !line.starts_with("-->")) return std::nullopt;
    line = trimmed(line.substr(3));
    const auto end = take_time(line);
    if (!end || (!line.empty() && line.front() != ' ' && line.front() != '\t')) return std::nullopt;
    timing.start = *start;
    timing.end = *end;
    timing.rest = trimmed(line);
    return timing;
}

std::string clean_settings(std::string_view settings) {
    std::string clean;
    while (!settings.empty()) {
        const std::size_t end = std::min(settings.find_first_of(" \t"), settings.size());
        const std::string_view one = settings.substr(0, end);
        settings.remove_prefix(std::min(settings.size(), end + 1));
        if (!is_setting(one)) continue;
        if (!clean.empty()) clean += ' ';
        clean += one;
    }
    return clean;
}

std::string_view settings_at(int place) {
    switch (place) {
        case 1: return "align:start position:10%";
        case 3: return "align:end position:90%";
        case 4: return "line:50% align:start position:10%";
        case 5: return "line:50%";
        case 6: return "line:50% align:end position:90%";
        case 7: return "line:0 align:start position:10%";
        case 8: return "line:0";
        case 9: return "line:0 align:end position:90%";
        default: return "";
    }
}

std::string write_webvtt(std::vector<Cue> cues) {
    std::ranges::stable_sort(cues, {}, &Cue::start);
    std::string out = "WEBVTT\n";
    for (const Cue& cue : cues) {
        fmt::format_to(std::back_inserter(out), "\n{} --> {}{}{}\n{}\n", format_time(cue.start),
                       format_time(cue.end), cue.settings.empty() ? "" : " ", cue.settings,
                       cue.text);
    }
    return out;
}

}  // namespace syncwatch::subtitles
