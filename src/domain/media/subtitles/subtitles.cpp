#include "domain/media/subtitles/subtitles.h"

#include <algorithm>
#include <vector>

#include "domain/media/subtitles/cue.h"
#include "domain/media/subtitles/text.h"

namespace syncwatch {
namespace {

using Lines = std::vector<std::string_view>;

bool is_section(std::string_view line) {
    const std::string_view bare = subtitles::trimmed(line);
    return bare == "[Script Info]" || bare == "[Events]";
}

Result<std::vector<subtitles::Cue>> read_cues(const Lines& lines) {
    if (!lines.empty() && subtitles::starts_with_word(lines[0], "WEBVTT")) {
        return subtitles::read_vtt(lines);
    }
    if (std::ranges::any_of(lines, is_section)) return subtitles::read_ass(lines);
    const auto has_arrow = [](std::string_view line) {
        return line.find("-->") != std::string_view::npos;
    };
    if (std::ranges::any_of(lines, has_arrow)) return subtitles::read_srt(lines);
    return subtitles::broken("this is no SRT, WebVTT or ASS file");
}

}  // namespace

Result<std::string> webvtt_from(std::string_view file) {
    if (file.size() > kMaxSubtitleBytes) {
        return fail(ErrorCode::TooLarge, "the file of subtitles is too large");
    }
    const std::string text = subtitles::decode_text(file);
    SW_TRY(auto cues, read_cues(subtitles::lines_of(text)));
    if (cues.empty()) return subtitles::broken("there are no subtitles in it");
    return subtitles::write_webvtt(std::move(cues));
}

}  // namespace syncwatch
