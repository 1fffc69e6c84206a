#include "domain/transcode/ladder.h"

#include <algorithm>
#include <cmath>

namespace syncwatch {
namespace {

constexpr int kHighest = 1080;
constexpr int kLower[] = {720, 480, 360};
/// A rung that is hardly smaller than the one above it helps nobody.
constexpr double kWorthwhile = 0.85;
/// 854x480 is 480p although it is a little wider than 16:9.
constexpr double kSameName = 0.03;
/// Encoders want a macroblock.
constexpr int kLeastSide = 16;

/// The height of the 16:9 frame that the picture fits into.
double height_class(PictureSize size) {
    const int shorter = std::min(size.width, size.height);
    const int longer = std::max(size.width, size.height);
    return std::max(static_cast<double>(shorter), longer * 9.0 / 16.0);
}

int even_below(double side) {
    return std::max(kLeastSide, static_cast<int>(side) / 2 * 2);
}

int nearest_even(double side) {
    return std::max(kLeastSide, static_cast<int>(std::lround(side / 2)) * 2);
}

PictureSize scaled(PictureSize size, double factor) {
    return {nearest_even(size.width * factor), nearest_even(size.height * factor)};
}

std::string name_of(double height) {
    for (const int each : {1080, 720, 480, 360, 240, 144}) {
        if (std::abs(height - each) <= kSameName * each) return std::to_string(each) + "p";
    }
    return std::to_string(std::lround(height)) + "p";
}

struct Level {
    int level;
    std::int64_t blocks_per_second;
    std::int64_t blocks_per_frame;
};
constexpr Level kLevels[] = {{30, 40'500, 1'620},   {31, 108'000, 3'600},   {32, 216'000, 5'120},
                             {40, 245'760, 8'192},  {42, 522'240, 8'704},   {50, 589'824, 22'080},
                             {51, 983'040, 36'864}, {52, 2'073'600, 36'864}};

}  // namespace

PictureSize shown_size(const SourceVideo& video) {
    double width = video.width;
    const double shape = video.pixel_shape.is_known() ? video.pixel_shape.value() : 1;
    // Shapes beyond any real format are slips of the muxer.
    if (shape >= 0.1 && shape <= 10) width *= shape;
    PictureSize size{std::max(1, static_cast<int>(std::lround(width))), video.height};
    if (video.rotation % 180 != 0) std::swap(size.width, size.height);
    return size;
}

std::vector<Rung> ladder(PictureSize shown) {
    const double own = height_class(shown);
    std::vector<Rung> rungs;
    double first = own;
    if (own > kHighest * (1 + kSameName)) {
        first = kHighest;
        rungs.push_back({name_of(first), scaled(shown, kHighest / own)});
    } else {
        rungs.push_back({name_of(own), {even_below(shown.width), even_below(shown.height)}});
    }
    for (const int each : kLower) {
        if (each > first * kWorthwhile) continue;
        rungs.push_back({name_of(each), scaled(shown, each / own)});
    }
    return rungs;
}

std::int64_t peak_bits(PictureSize size, double frames_per_second) {
    constexpr double kReferenceBits = 5e6;
    constexpr double kReference = 1920.0 * 1080.0 * 30.0;
    constexpr double kLeastBits = 150e3;
    const double rate = static_cast<double>(size.pixels()) * frames_per_second;
    const double bits = kReferenceBits * std::pow(rate / kReference, 0.75);
    return std::llround(std::max(kLeastBits, bits) / 1000) * 1000;
}

int h264_level(PictureSize size, double frames_per_second) {
    const std::int64_t blocks = std::int64_t{(size.width + 15) / 16} * ((size.height + 15) / 16);
    const double per_second = static_cast<double>(blocks) * frames_per_second;
    for (const Level& each : kLevels) {
        // No side may be longer than the root of eight times the blocks of a frame.
        const double side = std::sqrt(8.0 * static_cast<double>(each.blocks_per_frame)) * 16;
        if (blocks <= each.blocks_per_frame &&
            per_second <= static_cast<double>(each.blocks_per_second) + 0.5 &&
            std::max(size.width, size.height) <= side) {
            return each.level;
        }
    }
    return kLevels[std::size(kLevels) - 1].level;
}

}  // namespace syncwatch
