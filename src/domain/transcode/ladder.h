#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "domain/transcode/source_report.h"

namespace syncwatch {

struct PictureSize {
    int width = 0;
    int height = 0;
    std::int64_t pixels() const { return std::int64_t{width} * height; }
    bool operator==(const PictureSize&) const = default;
};

/// A rung of the ladder: one size of the film.
struct Rung {
    std::string name;  ///< For people: "720p".
    PictureSize size;
    bool operator==(const Rung&) const = default;
};

/// As it is shown: rotated upright, with square pixels.
PictureSize shown_size(const SourceVideo& video);

/// The sizes to make of a film shown at `shown`, the highest first; never empty, never larger than
/// the film, even numbers always.
///
/// A rung is named by the frame of 16:9 (upright: 9:16) that the picture fits into, so that
/// 1920x800 is 1080p as people expect. The first one is the film's own size, or 1080p if that is
/// smaller; then those of 720p, 480p and 360p that are at most 0.85 times the first.
std::vector<Rung> ladder(PictureSize shown);

/// Bits per second at most for good pictures of this size at this rate: 5 Mbit/s for 1080p30, and
/// less than in proportion to pixels per second.
std::int64_t peak_bits(PictureSize size, double frames_per_second);

/// The least level of H.264 that allows this (Table A-1), as in 41 for 4.1; at least 30.
int h264_level(PictureSize size, double frames_per_second);

}  // namespace syncwatch
