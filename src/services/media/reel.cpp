#include "services/media/reel.h"

#include <exception>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace syncwatch {
namespace {

namespace json = boost::json;

constexpr std::int64_t kVersion = 1;

struct BadReel : std::exception {};

std::string letters_at(const json::object& from, std::string_view name) {
    return std::string(from.at(name).as_string());
}
template <class Number>
Number number_at(const json::object& from, std::string_view name) {
    return from.at(name).to_number<Number>();
}

json::object written(const Rendition& rung) {
    return {{"stream", rung.stream},         {"name", rung.name},
            {"width", rung.width},           {"height", rung.height},
            {"frame_rate", rung.frame_rate}, {"bits_per_second", rung.bits_per_second},
            {"codecs", rung.codecs},         {"remuxed", rung.remuxed}};
}

Rendition read_rendition(const json::object& from) {
    Rendition rung;
    rung.stream = letters_at(from, "stream");
    rung.name = letters_at(from, "name");
    rung.width = number_at<int>(from, "width");
    rung.height = number_at<int>(from, "height");
    rung.frame_rate = number_at<double>(from, "frame_rate");
    rung.bits_per_second = number_at<std::int64_t>(from, "bits_per_second");
    rung.codecs = letters_at(from, "codecs");
    rung.remuxed = from.at("remuxed").as_bool();
    return rung;
}

json::object written(const AudioTrack& track) {
    return {{"stream", track.stream},
            {"index", track.index},
            {"language", track.language},
            {"title", track.title},
            {"channels", track.channels},
            {"is_default", track.is_default},
            {"bits_per_second", track.bits_per_second},
            {"codecs", track.codecs}};
}

AudioTrack read_audio_track(const json::object& from) {
    AudioTrack track;
    track.stream = letters_at(from, "stream");
    track.index = number_at<int>(from, "index");
    track.language = letters_at(from, "language");
    track.title = letters_at(from, "title");
    track.channels = number_at<int>(from, "channels");
    track.is_default = from.at("is_default").as_bool();
    track.bits_per_second = number_at<std::int64_t>(from, "bits_per_second");
    track.codecs = letters_at(from, "codecs");
    return track;
}

json::object written(const SubtitleTrack& track) {
    return {{"id", track.id},
            {"language", track.language},
            {"title", track.title},
            {"uploaded", track.source == SubtitleTrack::Source::Uploaded},
            {"is_default", track.is_default},
            {"forced", track.forced}};
}

SubtitleTrack read_subtitle_track(const json::object& from) {
    SubtitleTrack track;
    track.id = letters_at(from, "id");
    track.language = letters_at(from, "language");
    track.title = letters_at(from, "title");
    track.source = from.at("uploaded").as_bool() ? SubtitleTrack::Source::Uploaded
                                                 : SubtitleTrack::Source::Embedded;
    track.is_default = from.at("is_default").as_bool();
    track.forced = from.at("forced").as_bool();
    return track;
}

template <class Value>
json::array list_of(const std::vector<Value>& values) {
    json::array out;
    for (const Value& each : values) out.emplace_back(written(each));
    return out;
}
template <class Value>
std::vector<Value> list_at(const json::object& from, std::string_view name,
                           Value (*read_one)(const json::object&)) {
    std::vector<Value> out;
    for (const json::value& each : from.at(name).as_array()) {
        out.push_back(read_one(each.as_object()));
    }
    return out;
}

/// Three numbers for each segment: a long film has ten thousand.
json::array written(const std::vector<Segment>& segments) {
    json::array out;
    out.reserve(3 * segments.size());
    for (const Segment& each : segments) {
        out.emplace_back(each.duration.count());
        out.emplace_back(each.size);
        out.emplace_back(each.init);
    }
    return out;
}

std::vector<Segment> read_segments(const std::string& stream, const json::array& from) {
    if (from.size() % 3 != 0) throw BadReel();
    std::vector<Segment> segments;
    segments.reserve(from.size() / 3);
    for (std::size_t i = 0; i < from.size(); i += 3) {
        Segment segment;
        segment.stream = stream;
        segment.number = static_cast<int>(i / 3);
        segment.duration = std::chrono::microseconds(from[i].to_number<std::int64_t>());
        segment.size = from[i + 1].to_number<std::uint64_t>();
        segment.init = from[i + 2].to_number<int>();
        segments.push_back(std::move(segment));
    }
    return segments;
}

Reel read_reel(const json::object& from) {
    if (number_at<std::int64_t>(from, "version") != kVersion) throw BadReel();
    Reel reel;
    Video& video = reel.video;
    const auto id = VideoId::parse(letters_at(from, "id"));
    const auto status = parse_video_status(letters_at(from, "status"));
    if (!id || !status) throw BadReel();
    video.id = *id;
    video.status = *status;
    video.title = letters_at(from, "title");
    video.edition = number_at<int>(from, "edition");
    video.duration = MediaTime(number_at<double>(from, "duration"));
    video.playable_until = MediaTime(number_at<double>(from, "playable_until"));
    video.renditions = list_at(from, "renditions", read_rendition);
    video.audio_tracks = list_at(from, "audio_tracks", read_audio_track);
    video.subtitles = list_at(from, "subtitles", read_subtitle_track);
    for (const auto& [name, segments] : from.at("streams").as_object()) {
        const std::string stream(name);
        reel.streams[stream] = read_segments(stream, segments.as_array());
    }
    return reel;
}

}  // namespace

std::string text(const Reel& reel) {
    const Video& video = reel.video;
    json::object streams;
    for (const auto& [name, segments] : reel.streams) streams[name] = written(segments);
    const json::object out{{"version", kVersion},
                           {"id", video.id.text()},
                           {"status", text(video.status)},
                           {"title", video.title},
                           {"edition", video.edition},
                           {"duration", video.duration.count()},
                           {"playable_until", video.playable_until.count()},
                           {"renditions", list_of(video.renditions)},
                           {"audio_tracks", list_of(video.audio_tracks)},
                           {"subtitles", list_of(video.subtitles)},
                           {"streams", std::move(streams)}};
    return json::serialize(out);
}

std::optional<Reel> parse_reel(std::string_view text) {
    try {
        return read_reel(json::parse(text).as_object());
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace syncwatch
