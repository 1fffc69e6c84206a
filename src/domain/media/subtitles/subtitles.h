#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace syncwatch {

/// The most that a file of subtitles may have; the longest films stay far below.
inline constexpr std::size_t kMaxSubtitleBytes = 5 << 20;

/// Makes clean WebVTT (W3C) of SubRip, WebVTT or SubStation Alpha (SSA, ASS), told apart by what is
/// in them: UTF-8, with cues in the order of their time, nothing but bold, italic, underline, ruby
/// and speakers in their text, and only what places a cue beside its time. Takes UTF-8, UTF-16 and
/// Windows-1252, any line ends.
/// Errors: InvalidInput (reason "bad_subtitles", field "file" with what is wrong in which line),
/// TooLarge.
Result<std::string> webvtt_from(std::string_view file);

}  // namespace syncwatch
