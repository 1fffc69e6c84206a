#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "base/uuid.h"
#include "domain/media/video_status.h"

namespace syncwatch {

/// A time in a film, or a length of one, in seconds.
using MediaTime = std::chrono::duration<double>;

/// Why a video cannot be watched. `code` is a stable snake_case word of the API ("empty",
/// "no_video", "damaged", "cancelled", …); `message` is for people.
struct VideoError {
    std::string code;
    std::string message;
    bool operator==(const VideoError&) const = default;
};

/// One rung of the ladder: pictures without sound.
struct Rendition {
    std::string stream;  ///< Names its segments: "v720". As in media_keys.h.
    std::string name;    ///< For people: "720p".
    int width = 0;
    int height = 0;
    double frame_rate = 0;
    std::int64_t bits_per_second = 0;  ///< At its peak.
    std::string codecs;                ///< RFC 6381: "avc1.64001f".
    bool remuxed = false;              ///< The source's own pictures, not encoded again.
    bool operator==(const Rendition&) const = default;
};

/// One of the film's sound tracks, encoded once for all rungs.
struct AudioTrack {
    std::string stream;    ///< "a0"
    int index = 0;         ///< Place in the list: 0, 1, …
    std::string language;  ///< BCP 47, or empty when nobody knows.
    std::string title;
    int channels = 2;
    bool is_default = false;
    std::int64_t bits_per_second = 0;
    std::string codecs;  ///< "mp4a.40.2"
    bool operator==(const AudioTrack&) const = default;
};

/// Subtitles as one WebVTT object (media_keys.h, subtitle_key).
struct SubtitleTrack {
    enum class Source : std::uint8_t { Embedded, Uploaded };

    std::string id;  ///< Unique within the video; lower-case letters and digits.
    std::string language;
    std::string title;
    Source source = Source::Embedded;
    bool is_default = false;
    bool forced = false;  ///< Only what is foreign in the film itself.
    bool operator==(const SubtitleTrack&) const = default;
};

std::string_view text(SubtitleTrack::Source source);

/// A piece of one stream, immutable once it is recorded.
struct Segment {
    std::string stream;
    int number = 0;  ///< From 0, without gaps.
    /// Exact. Round the boundaries between segments and take differences, so that a film's length
    /// does not drift by rounding.
    std::chrono::microseconds duration{};
    std::uint64_t size = 0;  ///< Bytes.
    int init = 0;            ///< The init segment it needs: one for each run of the encoder.
    bool operator==(const Segment&) const = default;
};

/// A film of the library, from the first byte of its upload on.
struct Video {
    static constexpr std::size_t kMaxTitleCharacters = 200;

    VideoId id;
    UserId owner;
    std::string title;
    VideoStatus status = VideoStatus::Uploading;
    std::optional<VideoError> error;  ///< Set when status is Failed.
    WallTime created_at{};
    std::uint64_t size = 0;  ///< Bytes of the original; while it uploads, what is announced, or 0.
    bool original_kept = false;
    /// Counts transcodes begun from the start: each has object names of its own, so that an address
    /// never means two contents.
    int edition = 1;

    MediaTime duration{};  ///< 0 until it was probed.
    int width = 0;         ///< As shown: rotation and pixel shape applied.
    int height = 0;
    double frame_rate = 0;

    double progress = 0;  ///< 0 to 1, of transcoding.
    MediaTime playable_until{};
    std::optional<std::chrono::seconds> eta;  ///< Until it is ready, when anybody can tell.
    bool has_poster = false;
    bool has_sprite = false;

    std::vector<Rendition> renditions;  ///< The highest first.
    std::vector<AudioTrack> audio_tracks;
    std::vector<SubtitleTrack> subtitles;

    /// May be put on and watched, as far as it goes.
    bool is_playable() const {
        return playable_until.count() > 0 &&
               (status == VideoStatus::Transcoding || status == VideoStatus::Ready);
    }
};

}  // namespace syncwatch
