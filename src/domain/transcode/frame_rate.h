#pragma once
#include <cstdint>

#include "domain/transcode/rational.h"
#include "domain/transcode/source_report.h"

namespace syncwatch {

/// Frames per second of everything made from `video`: one constant rate, so that every rung has the
/// same frames at the same times and segments end on exact boundaries.
///
/// The source's own rate where it is constant; its nominal rate where frames come irregularly (a
/// frame stays until the next one); halved, or more, until it is at most 60; multiplied until it is
/// at least 10, so that every segment holds pictures; 25 where the file does not say.
Rational output_rate(const SourceVideo& video);

/// Frames in `seconds`, at least one.
int frames_in(double seconds, const Rational& rate);

/// Ticks per second on the time scale of a track with this rate: every frame is a whole number of
/// ticks (`ticks_per_frame`), and sound can be placed to 0.1 ms.
std::int64_t track_timescale(const Rational& rate);
std::int64_t ticks_per_frame(const Rational& rate);

}  // namespace syncwatch
