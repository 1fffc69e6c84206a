#pragma once
#include <chrono>
#include <cstdint>

namespace syncwatch {

/// What to make of a film that the encoder has read to its end.
enum class Completeness : std::uint8_t {
    Whole,    ///< As long as announced, but for rounding.
    Shorter,  ///< It ends early, but hardly: it is ready, with the length that it has.
    Damaged,  ///< Too much is missing.
};

/// Programs that read broken files report success at their end, so lengths are compared. Whole: at
/// most a second and 0.5 % short, Shorter: at least nine tenths are there. A film that announces no
/// length is whole if there is any of it. A film is never said to be longer than what was made.
Completeness judge_length(std::chrono::microseconds announced, std::chrono::microseconds made);

}  // namespace syncwatch
