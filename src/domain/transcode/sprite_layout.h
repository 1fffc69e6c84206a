#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "domain/transcode/ladder.h"

namespace syncwatch {

/// How the small pictures under the seek bar are laid out: sheets of 10 x 10 tiles.
struct SpriteLayout {
    static constexpr int kColumns = 10;
    static constexpr int kRows = 10;
    static constexpr int kTilesPerSheet = kColumns * kRows;

    /// Time from one tile to the next, at least; the pictures are keyframes, so it may be more.
    std::chrono::microseconds interval{};
    PictureSize tile;
};

/// Finer for short films: about 300 tiles for anything between ten minutes and two hours, never
/// closer than one segment, never further apart than ten seconds below two hours.
SpriteLayout sprite_layout(PictureSize film, std::chrono::microseconds duration,
                           std::chrono::microseconds segment);

/// The WebVTT that says which part of which sheet stands for which time: `starts` are the times of
/// the tiles in order, `end` is the end of the film. The sheets are "sprite-0.jpg", "sprite-1.jpg"…
std::string sprite_vtt(const SpriteLayout& layout,
                       const std::vector<std::chrono::microseconds>& starts,
                       std::chrono::microseconds end);

std::string sprite_sheet_name(std::size_t sheet);

}  // namespace syncwatch
