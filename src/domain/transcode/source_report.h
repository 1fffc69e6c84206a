#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/transcode/rational.h"

namespace syncwatch {

/// What a stream's colours mean, as far as it matters for showing them on an ordinary screen.
enum class Transfer : std::uint8_t { Sdr, Pq, Hlg };

/// A stream of pictures in the file that somebody uploaded. Times are seconds on the file's own
/// scale.
struct SourceVideo {
    int index = 0;  ///< Among all streams of the file.
    int id = 0;     ///< The container's own number for it; 0: none.
    std::string codec;
    std::string tag;  ///< The container's own name for it: "avc1", "encv".
    std::string profile;
    int level = 0;  ///< As H.264 counts: 41 is 4.1.
    std::string pixel_format;
    int width = 0;  ///< As stored.
    int height = 0;
    Rational pixel_shape{1, 1};
    int rotation = 0;  ///< Degrees clockwise until it is upright: 0, 90, 180, 270.
    bool interlaced = false;
    Transfer transfer = Transfer::Sdr;
    Rational base_rate;     ///< The least rate that can show every time stamp.
    Rational average_rate;  ///< Frames over duration.
    std::optional<double> start;
    std::optional<double> duration;
    std::int64_t bits_per_second = 0;  ///< 0: not known.
    bool is_default = false;
    bool is_picture = false;  ///< Cover art or a thumbnail: one picture, no film.
    bool is_decodable = true;

    /// Seconds from one keyframe to the next at worst; nullopt: nobody looked.
    std::optional<double> largest_keyframe_gap;
};

struct SourceAudio {
    int index = 0;
    int id = 0;
    std::string codec;
    std::string tag;
    std::string profile;
    int sample_rate = 0;
    int channels = 0;
    std::string language;  ///< As the file says it: "ger", "deu", "und".
    std::string title;
    bool is_default = false;
    std::optional<double> start;
    std::optional<double> duration;
    std::int64_t bits_per_second = 0;
    bool is_decodable = true;
    /// Every packet follows the one before without a hole, as far as the file's index tells.
    bool is_gapless = false;
};

struct SourceSubtitle {
    int index = 0;
    std::string codec;
    std::string language;
    std::string title;
    bool is_default = false;
    bool is_forced = false;
    bool is_text = false;  ///< Pictures (Blu-ray, DVD) cannot become WebVTT.
};

struct SourceChapter {
    double start = 0;
    double end = 0;
    std::string title;
};

/// What a file holds, as its prober says. Nothing in it can be trusted to be true.
struct SourceReport {
    std::string container;  ///< ffmpeg's name: "mov,mp4,m4a,3gp,3g2,mj2".
    double start = 0;       ///< The least start of any stream, seconds.
    std::optional<double> duration;
    std::int64_t size = 0;             ///< Bytes.
    std::int64_t bits_per_second = 0;  ///< 0: not known.
    /// How much of what the index names lies inside the file; below 1 it was cut off.
    double present = 1;

    std::vector<SourceVideo> videos;
    std::vector<SourceAudio> audios;
    std::vector<SourceSubtitle> subtitles;
    std::vector<SourceChapter> chapters;
    int other_streams = 0;

    bool is_mp4() const { return container.find("mp4") != std::string::npos; }
};

}  // namespace syncwatch
