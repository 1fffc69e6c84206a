#include "domain/transcode/sprite_layout.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

constexpr int kWantedTiles = 300;
constexpr int kMostTiles = 2000;
constexpr double kTileArea = 160.0 * 90.0;
constexpr int kLongestSide = 240;

std::string vtt_time(microseconds time) {
    const auto total = std::chrono::round<std::chrono::milliseconds>(time).count();
    return fmt::format("{:02}:{:02}:{:02}.{:03}", total / 3'600'000, total / 60'000 % 60,
                       total / 1000 % 60, total % 1000);
}

}  // namespace

SpriteLayout sprite_layout(PictureSize film, microseconds duration, microseconds segment) {
    SpriteLayout layout;
    microseconds interval = std::min<microseconds>(duration / kWantedTiles, 10s);
    interval = std::max({interval, duration / kMostTiles, segment, microseconds(1)});
    // Whole segments: their first pictures are the tiles.
    const auto per_tile = (interval + segment / 2) / std::max(segment, microseconds(1));
    layout.interval = segment * std::max<std::int64_t>(1, per_tile);

    const double factor = std::sqrt(kTileArea / static_cast<double>(film.pixels()));
    const auto side = [factor](int full) {
        return std::clamp(static_cast<int>(std::lround(full * factor / 2)) * 2, 16, kLongestSide);
    };
    layout.tile = {side(film.width), side(film.height)};
    return layout;
}

std::string sprite_sheet_name(std::size_t sheet) {
    return fmt::format("sprite-{}.jpg", sheet);
}

std::string sprite_vtt(const SpriteLayout& layout, const std::vector<microseconds>& starts,
                       microseconds end) {
    std::string out = "WEBVTT\n";
    for (std::size_t i = 0; i < starts.size(); ++i) {
        const microseconds until = i + 1 < starts.size() ? starts[i + 1] : end;
        if (until <= starts[i]) continue;
        const std::size_t place = i % SpriteLayout::kTilesPerSheet;
        const auto column = static_cast<int>(place) % SpriteLayout::kColumns;
        const auto row = static_cast<int>(place) / SpriteLayout::kColumns;
        out += fmt::format("\n{} --> {}\n{}#xywh={},{},{},{}\n", vtt_time(starts[i]),
                           vtt_time(until), sprite_sheet_name(i / SpriteLayout::kTilesPerSheet),
                           column * layout.tile.width, row * layout.tile.height, layout.tile.width,
                           layout.tile.height);
    }
    return out;
}

}  // namespace syncwatch
