#pragma once
#include <cstdint>

#include "domain/transcode/source_report.h"

namespace syncwatch {

/// When a stream that browsers can play as it is may be passed on unchanged.
struct RemuxLimits {
    bool allowed = true;
    /// A seek decodes from the keyframe before; a segment is at least this long then.
    double max_keyframe_gap = 6;
    /// Beyond, most viewers could not keep up, and the ladder's own rung serves better.
    std::int64_t max_bits_per_second = 12'000'000;
    double max_rate = 60.5;
    int max_level = 51;
};

/// True if every browser plays the pictures as they are, and they fit the ladder: H.264 up to High,
/// 8 bit 4:2:0, progressive, upright, square pixels, at most 1080p, keyframes close together.
bool can_copy_pictures(const SourceReport& report, const SourceVideo& video,
                       const RemuxLimits& limits);

/// True if every browser plays the sound as it is and its packets can be placed exactly: AAC-LC,
/// up to 5.1, from an MP4 whose index shows no holes. `origin` is the film's position 0 and `end`
/// its end, both in seconds of the file.
bool can_copy_sound(const SourceReport& report, const SourceAudio& audio, double origin,
                    double end);

}  // namespace syncwatch
