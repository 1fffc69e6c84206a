#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace syncwatch::subtitles {

using Time = std::chrono::milliseconds;

struct Cue {
    Time start{};
    Time end{};
    std::string settings;  ///< WebVTT's, or empty: "line:0 align:start".
    std::string text;      ///< WebVTT cue text, escaped, without empty lines.
};

/// More cues are no subtitles any more.
inline constexpr std::size_t kMaxCues = 100'000;

/// Refuses the file; lines count from 0.
tl::unexpected<Error> broken(std::size_t line, std::string_view what);
tl::unexpected<Error> broken(std::string_view what);

/// "[hours:]minutes:seconds[.,]fraction" as all three formats write it, at the front of `text`,
/// which is cut off. nullopt: there is none.
std::optional<Time> take_time(std::string_view& text);

/// A line "start --> end rest".
struct Timing {
    Time start{};
    Time end{};
    std::string_view rest;
};
std::optional<Timing> parse_timing(std::string_view line);

/// What of cue settings is safe and known.
std::string clean_settings(std::string_view settings);
/// Settings for SubStation's nine places (numbers as on a keypad).
std::string_view settings_at(int place);

std::string write_webvtt(std::vector<Cue> cues);

// Each makes cues of the text of a file in its format.
Result<std::vector<Cue>> read_srt(const std::vector<std::string_view>& lines);
Result<std::vector<Cue>> read_vtt(const std::vector<std::string_view>& lines);
Result<std::vector<Cue>> read_ass(const std::vector<std::string_view>& lines);

}  // namespace syncwatch::subtitles
