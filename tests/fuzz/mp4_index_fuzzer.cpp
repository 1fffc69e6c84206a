// The index of an MP4 that somebody uploaded, read by ourselves: whatever is in it, what we believe
// is finite.
#include <cmath>
#include <cstdint>

#include "adapters/ffmpeg/mp4_index.h"
#include "base/assert.h"

using namespace syncwatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto tracks = ffmpeg::parse_mp4_index({data, size}, size * 100);
    if (!tracks) return 0;
    for (const ffmpeg::Mp4Track& each : *tracks) {
        SW_ASSERT(std::isfinite(each.duration) && each.duration >= 0);
        SW_ASSERT(std::isfinite(each.largest_keyframe_gap) && each.largest_keyframe_gap >= 0);
        SW_ASSERT(each.present >= 0 && each.present <= 1);
    }
    return 0;
}
