#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "domain/transcode/ladder.h"
#include "domain/transcode/rational.h"
#include "domain/transcode/remux.h"
#include "domain/transcode/source_report.h"

namespace syncwatch {

/// One rung as it is made.
struct PictureStream {
    std::string stream;  ///< Names its segments: "v720".
    std::string name;    ///< For people: "720p".
    int width = 0;
    int height = 0;
    bool copy = false;  ///< The source's own pictures.
    std::int64_t peak_bits = 0;
    int level = 0;
    bool operator==(const PictureStream&) const = default;
};

/// One sound track as it is made.
struct SoundStream {
    std::string stream;  ///< "a0"
    int source = 0;      ///< Index among the file's streams.
    bool copy = false;
    int channels = 2;
    int sample_rate = 48'000;
    std::int64_t bits_per_second = 0;
    /// Where its first sound stands, as the file says.
    std::chrono::microseconds begins{};
    bool operator==(const SoundStream&) const = default;
};

/// Subtitles as text, to be taken out.
struct TextStream {
    std::string id;  ///< "s0"
    int source = 0;
    bool operator==(const TextStream&) const = default;
};

/// Everything that decides what the encoder makes. Written down with the job, so that whoever
/// resumes goes on with the same one.
struct TranscodePlan {
    int source_video = 0;
    /// Position 0 of the film on the file's own time scale. Pictures, sound and subtitles all begin
    /// there.
    std::chrono::microseconds origin{};
    /// Where the file itself says it starts: seeks count from it.
    std::chrono::microseconds file_start{};
    /// How long the film should become, as the file says; 0: it does not say.
    std::chrono::microseconds duration{};
    /// The last picture stays so long, because the sound goes on.
    std::chrono::microseconds hold{};
    Rational rate;           ///< Of every encoded rung.
    int segment_frames = 0;  ///< Between keyframes, and in a segment.
    bool deinterlace = false;
    Transfer transfer = Transfer::Sdr;  ///< What to map down to an ordinary screen.
    std::string preset;
    int quality = 0;  ///< The encoder's constant rate factor.

    std::vector<PictureStream> pictures;  ///< The highest first.
    std::vector<SoundStream> sounds;
    std::vector<TextStream> texts;

    /// Of every segment of an encoded rung but the last: exact to a microsecond when the ends are
    /// rounded, as segment_start does.
    std::chrono::microseconds segment_start(int number) const;
    bool operator==(const TranscodePlan&) const = default;
};

struct PlanSettings {
    unsigned cores = 2;  ///< Of the machine that encodes.
    /// The encoder's preset; empty: the best that is expected to run at `wanted_speed`.
    std::string preset = {};
    /// Times faster than the film, so that whoever watches meanwhile is not caught up with.
    double wanted_speed = 1.8;
    int quality = 22;
    double segment_seconds = 2;
    std::int64_t sound_bits = 160'000;
    bool can_tone_map = true;
    std::size_t max_sounds = 8;
    std::size_t max_texts = 32;
    RemuxLimits remux = {};
};

/// What to make of a film that was judged good (judge.h).
TranscodePlan make_plan(const SourceReport& report, const PlanSettings& settings);

/// The best preset that `cores` can be expected to run at `wanted_speed`, for so many pixels per
/// second of film; the fastest if none can.
std::string choose_preset(double pixels_per_second, unsigned cores, double wanted_speed);

}  // namespace syncwatch
