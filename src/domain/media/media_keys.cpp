#include "domain/media/media_keys.h"

#include <algorithm>

#include <fmt/format.h>

namespace syncwatch {

std::string video_prefix(VideoId video) {
    return "videos/" + video.text();
}

std::string source_prefix(VideoId video) {
    return video_prefix(video) + "/source";
}

std::string source_key(VideoId video) {
    return source_prefix(video) + "/original";
}

std::string edition_prefix(VideoId video, int edition) {
    return fmt::format("{}/{}", video_prefix(video), edition);
}

std::string init_key(VideoId video, int edition, std::string_view stream, int init) {
    return fmt::format("{}/{}/{}", edition_prefix(video, edition), stream, init_name(init));
}

std::string segment_key(VideoId video, int edition, std::string_view stream, int number) {
    return fmt::format("{}/{}/{}", edition_prefix(video, edition), stream, segment_name(number));
}

std::string picture_key(VideoId video, int edition, std::string_view name) {
    return fmt::format("{}/{}", edition_prefix(video, edition), name);
}

std::string subtitle_key(VideoId video, int edition, const SubtitleTrack& track) {
    const bool uploaded = track.source == SubtitleTrack::Source::Uploaded;
    return fmt::format("{}/subtitles/{}.vtt",
                       uploaded ? video_prefix(video) : edition_prefix(video, edition), track.id);
}

std::string segment_name(int number) {
    return fmt::format("{:06}.m4s", number);
}

std::string init_name(int init) {
    return fmt::format("init-{}.mp4", init);
}

bool is_stream_name(std::string_view name) {
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto allowed = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
    return !name.empty() && name.size() <= 16 && letter(name.front()) &&
           std::ranges::all_of(name, allowed);
}

}  // namespace syncwatch
