#include "domain/transcode/completeness.h"

#include <algorithm>

namespace syncwatch {

Completeness judge_length(std::chrono::microseconds announced, std::chrono::microseconds made) {
    using std::chrono::microseconds;
    if (made <= microseconds::zero()) return Completeness::Damaged;
    const microseconds missing = announced - made;
    if (missing > announced / 10) return Completeness::Damaged;
    const microseconds rounding = microseconds(std::chrono::seconds(1)) + announced / 200;
    return missing <= rounding ? Completeness::Whole : Completeness::Shorter;
}

}  // namespace syncwatch
