#include "domain/transcode/frame_rate.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace syncwatch {
namespace {

constexpr double kMost = 60.5;  ///< 60 as files write it.
constexpr double kLeast = 10;
constexpr double kAlmost = 0.01;  ///< Rates this close are one rate, stated twice.
constexpr std::int64_t kMostParts = 1'000'000;
constexpr Rational kUsual[] = {{24000, 1001}, {24, 1}, {25, 1},       {30000, 1001},
                               {30, 1},       {50, 1}, {60000, 1001}, {60, 1}};

bool is_close(double a, double b) {
    return std::abs(a - b) <= kAlmost * b;
}

/// The usual rate that `rate` means, if it is one but for rounding: 23.98, 29.9697.
std::optional<Rational> usual_near(double rate) {
    std::optional<Rational> best;
    for (const Rational& each : kUsual) {
        const double off = std::abs(each.value() - rate);
        if (off < 0.0006 * rate && (!best || off < std::abs(best->value() - rate))) best = each;
    }
    return best;
}

/// The least usual rate that leaves out no frame.
Rational usual_above(double rate) {
    for (const Rational& each : kUsual) {
        if (each.value() >= rate * (1 - kAlmost)) return each;
    }
    return {60, 1};
}

Rational tidied(const Rational& rate) {
    if (rate.num <= kMostParts && rate.den <= kMostParts) return rate;
    if (const auto usual = usual_near(rate.value())) return *usual;
    return Rational::of(std::llround(rate.value() * 1000), 1000);
}

Rational nominal_rate(const SourceVideo& video) {
    const bool has_base = video.base_rate.is_known();
    const bool has_average = video.average_rate.is_known();
    if (!has_base && !has_average) return {25, 1};
    if (!has_average) return video.base_rate;
    const double average = video.average_rate.value();
    if (!has_base) return usual_above(average);
    const double base = video.base_rate.value();
    // Fields counted as frames: an interlaced file may state twice its rate.
    if (is_close(base, average) || (video.interlaced && is_close(base, 2 * average))) {
        return video.interlaced && !is_close(base, average) ? video.average_rate : video.base_rate;
    }
    // A phone that leaves out frames in the dark: the base is what it films with. Far above the
    // average it is only the fineness of the file's clock.
    if (base > average && base <= kMost && base <= 3.5 * average) return video.base_rate;
    return usual_above(average);
}

}  // namespace

Rational output_rate(const SourceVideo& video) {
    Rational rate = tidied(nominal_rate(video));
    if (const double value = rate.value(); value > kMost) {
        const auto parts = static_cast<std::int64_t>(std::ceil(value / kMost));
        rate = parts <= 4 ? rate.over(parts) : Rational{60, 1};
    } else if (value < kLeast) {
        rate = rate.times(static_cast<std::int64_t>(std::ceil(kLeast / value)));
    }
    return tidied(rate);
}

int frames_in(double seconds, const Rational& rate) {
    return std::max(1, static_cast<int>(std::lround(seconds * rate.value())));
}

std::int64_t track_timescale(const Rational& rate) {
    std::int64_t scale = rate.num;
    while (scale < 10'000) scale *= 10;
    return scale;
}

std::int64_t ticks_per_frame(const Rational& rate) {
    return track_timescale(rate) / rate.num * rate.den;
}

}  // namespace syncwatch
