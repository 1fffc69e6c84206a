#include "gateway/media/media_path.h"

#include <algorithm>
#include <charconv>

#include "domain/media/media_keys.h"

namespace syncwatch::http {
namespace {

/// A number as we write it: no sign, no leading zero but for 0 itself, at most nine digits.
std::optional<int> plain_number(std::string_view text) {
    if (text.empty() || text.size() > 9 || (text.size() > 1 && text.front() == '0')) {
        return std::nullopt;
    }
    int value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc() || end != text.data() + text.size() || text.front() == '-') {
        return std::nullopt;
    }
    return value;
}

/// What stands between `before` and `after`, if `text` is made so.
std::optional<std::string_view> between(std::string_view text, std::string_view before,
                                        std::string_view after) {
    if (text.size() <= before.size() + after.size()) return std::nullopt;
    if (!text.starts_with(before) || !text.ends_with(after)) return std::nullopt;
    return text.substr(before.size(), text.size() - before.size() - after.size());
}

/// The number of a segment, if its name is the one that segment_name() makes.
std::optional<int> segment_number(std::string_view name) {
    auto digits = between(name, "", ".m4s");
    if (!digits) return std::nullopt;
    while (digits->size() > 1 && digits->front() == '0') digits->remove_prefix(1);
    const auto number = plain_number(*digits);
    if (!number || segment_name(*number) != name) return std::nullopt;
    return number;
}

bool is_picture(std::string_view name) {
    if (name == "poster.jpg" || name == "sprite.vtt") return true;
    const auto sheet = between(name, "sprite-", ".jpg");
    return sheet && plain_number(*sheet);
}

bool is_track_id(std::string_view id) {
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !id.empty() && id.size() <= 40 && std::ranges::all_of(id, plain);
}

std::optional<MediaPath> subtitle_path(std::string_view name) {
    MediaPath path;
    auto id = between(name, "", ".m3u8");
    path.kind = id ? MediaPath::Kind::SubtitlePlaylist : MediaPath::Kind::SubtitleFile;
    if (!id) id = between(name, "", ".vtt");
    if (!id || !is_track_id(*id)) return std::nullopt;
    path.name = *id;
    return path;
}

std::optional<MediaPath> stream_path(std::string_view edition, std::string_view stream,
                                     std::string_view name) {
    MediaPath path;
    const auto number = plain_number(edition);
    if (!number || !is_stream_name(stream)) return std::nullopt;
    path.edition = *number;
    path.stream = stream;
    if (name == "index.m3u8") {
        path.kind = MediaPath::Kind::Stream;
        return path;
    }
    if (const auto segment = segment_number(name)) {
        path.kind = MediaPath::Kind::Segment;
        path.number = *segment;
        return path;
    }
    const auto init = between(name, "init-", ".mp4");
    const auto init_number = init ? plain_number(*init) : std::nullopt;
    if (!init_number) return std::nullopt;
    path.kind = MediaPath::Kind::Init;
    path.number = *init_number;
    return path;
}

}  // namespace

std::optional<MediaPath> parse_media_path(std::string_view text) {
    MediaPath path;
    if (text == "master.m3u8") return path;
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) {
        if (!is_picture(text)) return std::nullopt;
        path.kind = MediaPath::Kind::Picture;
        path.name = text;
        return path;
    }
    const std::string_view first = text.substr(0, slash);
    const std::string_view rest = text.substr(slash + 1);
    if (first == "subtitles") return subtitle_path(rest);
    const std::size_t second = rest.find('/');
    if (second == std::string_view::npos) return std::nullopt;
    return stream_path(first, rest.substr(0, second), rest.substr(second + 1));
}

}  // namespace syncwatch::http
