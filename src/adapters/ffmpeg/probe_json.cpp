#include "adapters/ffmpeg/probe_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <boost/json.hpp>

namespace syncwatch::ffmpeg {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostStreams = 512;
constexpr std::size_t kLongestText = 200;
constexpr std::array<std::string_view, 12> kTextSubtitles = {
    "subrip", "srt",       "ass",  "ssa",      "mov_text", "webvtt",
    "text",   "subviewer", "sami", "microdvd", "realtext", "jacosub"};

const json::object& none() {
    static const json::object empty;
    return empty;
}

const json::object& object_in(const json::object& in, std::string_view key) {
    const json::value* found = in.if_contains(key);
    return found != nullptr && found->is_object() ? found->get_object() : none();
}

std::string_view text_in(const json::object& in, std::string_view key) {
    const json::value* found = in.if_contains(key);
    if (found == nullptr || !found->is_string()) return {};
    return std::string_view(found->get_string().data(), found->get_string().size());
}

/// ffprobe writes some numbers as numbers and some as text.
std::optional<double> number_in(const json::object& in, std::string_view key) {
    const json::value* found = in.if_contains(key);
    if (found == nullptr) return std::nullopt;
    if (found->is_int64()) return static_cast<double>(found->get_int64());
    if (found->is_uint64()) return static_cast<double>(found->get_uint64());
    if (found->is_double()) return found->get_double();
    const std::string_view text = text_in(in, key);
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (text.empty() || read.ec != std::errc() || read.ptr != end) return std::nullopt;
    if (!std::isfinite(value) || std::abs(value) > 1e15) return std::nullopt;
    return value;
}

/// Seconds. Beyond thirty years it is a slip of the muxer.
std::optional<double> time_in(const json::object& in, std::string_view key) {
    const auto seconds = number_in(in, key);
    if (!seconds || std::abs(*seconds) > 1e9) return std::nullopt;
    return seconds;
}

int integer_in(const json::object& in, std::string_view key) {
    const double value = number_in(in, key).value_or(0);
    return std::abs(value) <= 1e9 ? static_cast<int>(value) : 0;
}

std::int64_t long_in(const json::object& in, std::string_view key) {
    return static_cast<std::int64_t>(number_in(in, key).value_or(0));
}

/// Bits per second. Beyond a terabit nobody said anything.
std::int64_t bits_in(std::int64_t stated) {
    return stated < 0 || stated > 1'000'000'000'000 ? 0 : stated;
}

/// "0x1", as the containers' own numbers of streams are written.
int number_in_hex(const json::object& in, std::string_view key) {
    std::string_view text = text_in(in, key);
    if (!text.starts_with("0x")) return 0;
    text.remove_prefix(2);
    int value = 0;
    (void)std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return value;
}

bool flag_in(const json::object& stream, std::string_view key) {
    return integer_in(object_in(stream, "disposition"), key) != 0;
}

Rational ratio_in(const json::object& in, std::string_view key) {
    return Rational::parse(text_in(in, key)).value_or(Rational());
}

std::string tidy(std::string_view text) {
    std::string out;
    std::size_t characters = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xc0) != 0x80 && ++characters > kLongestText) break;
        out.push_back(byte < 0x20 || byte == 0x7f ? ' ' : c);
    }
    return out;
}

/// Tags are written in any case: "language", "LANGUAGE".
std::string tag_in(const json::object& stream, std::string_view key) {
    for (const auto& [name, value] : object_in(stream, "tags")) {
        const bool same = std::ranges::equal(std::string_view(name), key, [](char a, char b) {
            return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
        });
        if (same && value.is_string()) return tidy(std::string_view(value.get_string()));
    }
    return {};
}

/// "01:02:03.456000000", as Matroska files say how long each stream is.
std::optional<double> clock_time(std::string_view text) {
    double seconds = 0;
    for (int part = 0; part < 3; ++part) {
        double value = 0;
        const char* const end = text.data() + text.size();
        const auto read = std::from_chars(text.data(), end, value);
        if (read.ec != std::errc() || value < 0) return std::nullopt;
        seconds = seconds * 60 + value;
        text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
        if (part == 2) break;
        if (!text.starts_with(':')) return std::nullopt;
        text.remove_prefix(1);
    }
    return text.empty() ? std::optional(seconds) : std::nullopt;
}

std::optional<double> duration_of(const json::object& stream) {
    auto duration = time_in(stream, "duration");
    if (!duration) {
        duration = clock_time(tag_in(stream, "duration"));
        // Such a clock shows when the stream ends, not how long it is.
        if (duration) *duration -= time_in(stream, "start_time").value_or(0);
    }
    if (!duration || *duration <= 0 || *duration > 1e9) return std::nullopt;
    return duration;
}

int rotation_of(const json::object& stream) {
    double degrees = 0;
    if (const json::value* list = stream.if_contains("side_data_list"); list && list->is_array()) {
        for (const json::value& each : list->get_array()) {
            if (!each.is_object()) continue;
            // Counter-clockwise, as it is stored.
            if (const auto turned = number_in(each.get_object(), "rotation")) degrees = -*turned;
        }
    }
    const auto quarters = static_cast<int>(std::lround(std::fmod(degrees, 360) / 90));
    return (quarters % 4 + 4) % 4 * 90;
}

Transfer transfer_of(const json::object& stream) {
    const std::string_view name = text_in(stream, "color_transfer");
    if (name == "smpte2084") return Transfer::Pq;
    if (name == "arib-std-b67") return Transfer::Hlg;
    return Transfer::Sdr;
}

SourceVideo video_from(const json::object& stream) {
    SourceVideo video;
    video.index = integer_in(stream, "index");
    video.id = number_in_hex(stream, "id");
    video.codec = tidy(text_in(stream, "codec_name"));
    video.tag = tidy(text_in(stream, "codec_tag_string"));
    video.profile = tidy(text_in(stream, "profile"));
    video.level = integer_in(stream, "level");
    video.pixel_format = tidy(text_in(stream, "pix_fmt"));
    video.width = integer_in(stream, "width");
    video.height = integer_in(stream, "height");
    const Rational shape = ratio_in(stream, "sample_aspect_ratio");
    if (shape.is_known()) video.pixel_shape = shape;
    video.rotation = rotation_of(stream);
    const std::string_view fields = text_in(stream, "field_order");
    video.interlaced = fields == "tt" || fields == "bb" || fields == "tb" || fields == "bt";
    video.transfer = transfer_of(stream);
    video.base_rate = ratio_in(stream, "r_frame_rate");
    video.average_rate = ratio_in(stream, "avg_frame_rate");
    video.start = time_in(stream, "start_time");
    video.duration = duration_of(stream);
    video.bits_per_second = long_in(stream, "bit_rate");
    if (video.bits_per_second <= 0) {
        const std::string tagged = tag_in(stream, "bps");
        (void)std::from_chars(tagged.data(), tagged.data() + tagged.size(), video.bits_per_second);
    }
    video.bits_per_second = bits_in(video.bits_per_second);
    video.is_default = flag_in(stream, "default");
    video.is_picture = flag_in(stream, "attached_pic") || flag_in(stream, "timed_thumbnails") ||
                       flag_in(stream, "still_image");
    return video;
}

SourceAudio audio_from(const json::object& stream) {
    SourceAudio audio;
    audio.index = integer_in(stream, "index");
    audio.id = number_in_hex(stream, "id");
    audio.codec = tidy(text_in(stream, "codec_name"));
    audio.tag = tidy(text_in(stream, "codec_tag_string"));
    audio.profile = tidy(text_in(stream, "profile"));
    audio.sample_rate = integer_in(stream, "sample_rate");
    audio.channels = integer_in(stream, "channels");
    audio.language = tag_in(stream, "language");
    audio.title = tag_in(stream, "title");
    audio.is_default = flag_in(stream, "default");
    audio.start = time_in(stream, "start_time");
    audio.duration = duration_of(stream);
    audio.bits_per_second = bits_in(long_in(stream, "bit_rate"));
    return audio;
}

SourceSubtitle subtitle_from(const json::object& stream) {
    SourceSubtitle subtitle;
    subtitle.index = integer_in(stream, "index");
    subtitle.codec = tidy(text_in(stream, "codec_name"));
    subtitle.language = tag_in(stream, "language");
    subtitle.title = tag_in(stream, "title");
    subtitle.is_default = flag_in(stream, "default");
    subtitle.is_forced = flag_in(stream, "forced");
    subtitle.is_text = std::ranges::find(kTextSubtitles, subtitle.codec) != kTextSubtitles.end();
    return subtitle;
}

void add_stream(SourceReport& report, const json::object& stream) {
    const std::string_view type = text_in(stream, "codec_type");
    if (type == "video") {
        report.videos.push_back(video_from(stream));
    } else if (type == "audio") {
        report.audios.push_back(audio_from(stream));
    } else if (type == "subtitle") {
        report.subtitles.push_back(subtitle_from(stream));
    } else {
        ++report.other_streams;
    }
}

void add_chapter(SourceReport& report, const json::object& chapter) {
    SourceChapter made;
    made.start = time_in(chapter, "start_time").value_or(0);
    made.end = time_in(chapter, "end_time").value_or(made.start);
    made.title = tag_in(chapter, "title");
    report.chapters.push_back(std::move(made));
}

template <class Add>
void for_each_object(const json::object& root, std::string_view key, Add add) {
    const json::value* list = root.if_contains(key);
    if (list == nullptr || !list->is_array()) return;
    std::size_t count = 0;
    for (const json::value& each : list->get_array()) {
        if (++count > kMostStreams) return;
        if (each.is_object()) add(each.get_object());
    }
}

}  // namespace

Result<SourceReport> parse_probe(std::string_view text) {
    boost::system::error_code error;
    const json::value root = json::parse(json::string_view(text.data(), text.size()), error);
    if (error || !root.is_object()) return fail(ErrorCode::Internal, "ffprobe's answer is no JSON");
    const json::object& all = root.get_object();
    const json::object& format = object_in(all, "format");
    SourceReport report;
    report.container = tidy(text_in(format, "format_name"));
    if (report.container.empty()) return fail(ErrorCode::Internal, "ffprobe names no format");
    report.start = time_in(format, "start_time").value_or(0);
    report.duration = time_in(format, "duration");
    if (report.duration && *report.duration <= 0) report.duration.reset();
    report.size = long_in(format, "size");
    report.bits_per_second = bits_in(long_in(format, "bit_rate"));
    for_each_object(all, "streams", [&](const json::object& each) { add_stream(report, each); });
    for_each_object(all, "chapters", [&](const json::object& each) { add_chapter(report, each); });
    return report;
}

}  // namespace syncwatch::ffmpeg
