#include "protocol/hls/playlist.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "domain/media/media_keys.h"

namespace syncwatch::hls {
namespace {

constexpr std::string_view kVersion = "#EXTM3U\n#EXT-X-VERSION:7\n";
constexpr std::string_view kAudioGroup = "audio";
constexpr std::string_view kSubtitleGroup = "subtitles";

using Out = std::back_insert_iterator<std::string>;

/// What may stand between quotes: no quote, no line end.
std::string in_quotes(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c == '"') c = '\'';
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    }
    return '"' + out + '"';
}

/// Names must differ within a group.
class Names {
public:
    std::string take(std::string name) {
        std::string unique = name;
        for (int count = 2; !taken_.insert(unique).second; ++count) {
            unique = fmt::format("{} {}", name, count);
        }
        return unique;
    }

private:
    std::set<std::string> taken_;
};

std::string_view yes_or_no(bool yes) {
    return yes ? "YES" : "NO";
}

void write_language(Out out, std::string_view language) {
    if (!language.empty()) fmt::format_to(out, ",LANGUAGE={}", in_quotes(language));
}

bool has_segments(const Streams& streams, std::string_view stream) {
    const auto found = streams.find(stream);
    return found != streams.end() && !found->second.empty();
}

struct Rates {
    std::int64_t peak = 0;
    std::int64_t average = 0;
};

std::int64_t bits_per_second(double bytes, std::chrono::microseconds duration) {
    if (duration.count() <= 0) return 0;
    return std::llround(bytes * 8e6 / static_cast<double>(duration.count()));
}

/// As measured over the segments so far; the peak is never said to be less than what was planned.
Rates rates_of(const std::vector<Segment>& segments, std::int64_t planned) {
    Rates rates{planned, planned};
    std::uint64_t bytes = 0;
    std::chrono::microseconds duration{};
    for (const Segment& segment : segments) {
        bytes += segment.size;
        duration += segment.duration;
        rates.peak = std::max(rates.peak,
                              bits_per_second(static_cast<double>(segment.size), segment.duration));
    }
    if (duration.count() > 0) {
        rates.average = bits_per_second(static_cast<double>(bytes), duration);
    }
    return rates;
}

std::string index_of(const Video& video, std::string_view stream) {
    return fmt::format("{}/{}/index.m3u8", video.edition, stream);
}

/// Writes the sound tracks; gives the highest rates among them.
Rates write_audio(Out out, const Video& video, const Streams& streams) {
    std::vector<const AudioTrack*> tracks;
    for (const AudioTrack& track : video.audio_tracks) {
        if (has_segments(streams, track.stream)) tracks.push_back(&track);
    }
    const auto chosen = std::ranges::find_if(tracks, &AudioTrack::is_default);
    const AudioTrack* first = chosen != tracks.end() ? *chosen
                              : tracks.empty()       ? nullptr
                                                     : tracks.front();
    Names names;
    Rates most;
    for (const AudioTrack* track : tracks) {
        std::string name = !track->title.empty()      ? track->title
                           : !track->language.empty() ? track->language
                                                      : fmt::format("Sound {}", track->index + 1);
        fmt::format_to(out, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{}\",NAME={}", kAudioGroup,
                       in_quotes(names.take(std::move(name))));
        write_language(out, track->language);
        fmt::format_to(out, ",DEFAULT={},AUTOSELECT=YES,CHANNELS=\"{}\",URI=\"{}\"\n",
                       yes_or_no(track == first), track->channels, index_of(video, track->stream));
        const Rates rates = rates_of(streams.find(track->stream)->second, track->bits_per_second);
        most.peak = std::max(most.peak, rates.peak);
        most.average = std::max(most.average, rates.average);
    }
    return most;
}

void write_subtitles(Out out, const Video& video) {
    Names names;
    for (const SubtitleTrack& track : video.subtitles) {
        std::string name = !track.title.empty()      ? track.title
                           : !track.language.empty() ? track.language
                                                     : std::string("Subtitles");
        fmt::format_to(out, "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"{}\",NAME={}", kSubtitleGroup,
                       in_quotes(names.take(std::move(name))));
        write_language(out, track.language);
        fmt::format_to(out, ",DEFAULT={0},AUTOSELECT={0},FORCED={1},URI=\"subtitles/{2}.m3u8\"\n",
                       yes_or_no(track.is_default), yes_or_no(track.forced), track.id);
    }
}

/// Of the rung and of every sound that may be played with it.
std::string codecs_of(const Rendition& rung, const Video& video, const Streams& streams) {
    std::string codecs = rung.codecs;
    std::set<std::string> added;
    for (const AudioTrack& track : video.audio_tracks) {
        if (!has_segments(streams, track.stream) || track.codecs.empty()) continue;
        if (added.insert(track.codecs).second) codecs += "," + track.codecs;
    }
    return codecs;
}

}  // namespace

std::string master_playlist(const Video& video, const Streams& streams) {
    std::string text(kVersion);
    const Out out(text);
    text += "#EXT-X-INDEPENDENT-SEGMENTS\n";
    const Rates audio = write_audio(out, video, streams);
    const bool has_audio = std::ranges::any_of(video.audio_tracks, [&](const AudioTrack& track) {
        return has_segments(streams, track.stream);
    });
    write_subtitles(out, video);
    bool any = false;
    for (const Rendition& rung : video.renditions) {
        if (!has_segments(streams, rung.stream)) continue;
        any = true;
        const Rates rates = rates_of(streams.find(rung.stream)->second, rung.bits_per_second);
        fmt::format_to(out, "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS={}",
                       rates.peak + audio.peak, rates.average + audio.average,
                       in_quotes(codecs_of(rung, video, streams)));
        fmt::format_to(out, ",RESOLUTION={}x{}", rung.width, rung.height);
        if (rung.frame_rate > 0) fmt::format_to(out, ",FRAME-RATE={:.3f}", rung.frame_rate);
        if (has_audio) fmt::format_to(out, ",AUDIO=\"{}\"", kAudioGroup);
        if (!video.subtitles.empty()) fmt::format_to(out, ",SUBTITLES=\"{}\"", kSubtitleGroup);
        fmt::format_to(out, "\n{}\n", index_of(video, rung.stream));
    }
    return any ? text : std::string();
}

std::string media_playlist(std::span<const Segment> segments, bool complete) {
    std::chrono::microseconds longest{};
    for (const Segment& segment : segments) longest = std::max(longest, segment.duration);
    const auto target = std::max<std::int64_t>(1, (longest.count() + 500'000) / 1'000'000);
    std::string text(kVersion);
    text.reserve(200 + segments.size() * 40);
    const Out out(text);
    fmt::format_to(out,
                   "#EXT-X-TARGETDURATION:{}\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:{}\n"
                   "#EXT-X-INDEPENDENT-SEGMENTS\n",
                   target, complete ? "VOD" : "EVENT");
    int init = -1;
    for (const Segment& segment : segments) {
        if (segment.init != init) {
            init = segment.init;
            fmt::format_to(out, "#EXT-X-MAP:URI=\"{}\"\n", init_name(init));
        }
        const auto micros = segment.duration.count();
        fmt::format_to(out, "#EXTINF:{}.{:06},\n{}\n", micros / 1'000'000, micros % 1'000'000,
                       segment_name(segment.number));
    }
    if (complete) text += "#EXT-X-ENDLIST\n";
    return text;
}

std::string subtitle_playlist(std::string_view file_name, MediaTime duration) {
    const double seconds = std::max(1.0, duration.count());
    return fmt::format(
        "{}#EXT-X-TARGETDURATION:{}\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n"
        "#EXTINF:{:.6f},\n{}\n#EXT-X-ENDLIST\n",
        kVersion, std::llround(std::ceil(seconds)), seconds, file_name);
}

}  // namespace syncwatch::hls
