// The output of an encoder that was made to break us: it is cut into segments or refused.
#include <cstdint>

#include "adapters/ffmpeg/segmenter.h"
#include "base/assert.h"

using namespace syncwatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    TranscodePlan plan;
    plan.rate = {24, 1};
    plan.segment_frames = 48;
    ffmpeg::Segmenter::Rule rule;
    rule.plan = &plan;
    rule.kind = static_cast<ffmpeg::Segmenter::Kind>(data[0] % 3);
    ffmpeg::Segmenter segmenter(rule);
    ffmpeg::FragmentReader reader(segmenter);
    const ByteView rest(data + 1, size - 1);
    // In two pieces, because that is how pipes are read.
    const bool good = reader.feed(rest.first(rest.size() / 2)).has_value() &&
                      reader.feed(rest.subspan(rest.size() / 2)).has_value();
    if (good) segmenter.finish();
    int number = 0;
    for (const MadeSegment& each : segmenter.take_segments()) {
        SW_ASSERT(each.number == number++);
        SW_ASSERT(!each.bytes.empty());
    }
    return 0;
}
