#include "domain/media/media_keys.h"

#include <algorithm>
#include <charconv>
#include <vector>

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

namespace {

/// Digits alone, all of them.
std::optional<int> parse_number(std::string_view text) {
    int number = -1;
    const char* const end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, number);
    if (failed != std::errc() || stop != end || number < 0) return std::nullopt;
    return number;
}

std::vector<std::string_view> split_key(std::string_view key) {
    std::vector<std::string_view> parts;
    for (std::size_t slash = key.find('/'); slash != std::string_view::npos;
         slash = key.find('/')) {
        parts.push_back(key.substr(0, slash));
        key.remove_prefix(slash + 1);
    }
    parts.push_back(key);
    return parts;
}

}  // namespace

std::optional<PieceKey> parse_piece_key(std::string_view key) {
    constexpr std::string_view kInit = "init-";
    constexpr std::string_view kInitEnd = ".mp4";
    constexpr std::string_view kSegmentEnd = ".m4s";
    const auto parts = split_key(key);
    if (parts.size() != 5 || parts[0] != "videos" || !is_stream_name(parts[3])) {
        return std::nullopt;
    }
    const auto video = VideoId::parse(std::string(parts[1]));
    const auto edition = parse_number(parts[2]);
    PieceKey piece;
    piece.is_init = parts[4].starts_with(kInit);
    std::string_view number = parts[4];
    if (!number.ends_with(piece.is_init ? kInitEnd : kSegmentEnd)) return std::nullopt;
    number.remove_suffix(kInitEnd.size());
    if (piece.is_init) number.remove_prefix(kInit.size());
    const auto parsed = parse_number(number);
    if (!video || !edition || !parsed) return std::nullopt;
    piece.video = *video;
    piece.edition = *edition;
    piece.stream = parts[3];
    piece.number = *parsed;
    return piece;
}

std::optional<ExtraKey> parse_extra_key(std::string_view key) {
    constexpr std::string_view kSheet = "sprite-";
    constexpr std::string_view kSheetEnd = ".jpg";
    constexpr std::string_view kTrackEnd = ".vtt";
    const auto parts = split_key(key);
    if (parts.size() < 4 || parts.size() > 5 || parts[0] != "videos") return std::nullopt;
    const auto video = VideoId::parse(std::string(parts[1]));
    const auto edition = parse_number(parts[2]);
    if (!video || !edition) return std::nullopt;
    ExtraKey extra;
    extra.video = *video;
    extra.edition = *edition;
    std::string_view name = parts.back();
    if (parts.size() == 5) {
        if (parts[3] != "subtitles" || !name.ends_with(kTrackEnd)) return std::nullopt;
        name.remove_suffix(kTrackEnd.size());
        extra.kind = ExtraKey::Kind::Subtitles;
        extra.track = name;
        return extra;
    }
    if (name == kPosterObject) return extra;
    extra.kind = ExtraKey::Kind::SpriteList;
    if (name == kSpriteObject) return extra;
    if (!name.starts_with(kSheet) || !name.ends_with(kSheetEnd)) return std::nullopt;
    name.remove_prefix(kSheet.size());
    name.remove_suffix(kSheetEnd.size());
    const auto sheet = parse_number(name);
    if (!sheet) return std::nullopt;
    extra.kind = ExtraKey::Kind::SpriteSheet;
    extra.sheet = static_cast<std::size_t>(*sheet);
    return extra;
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
