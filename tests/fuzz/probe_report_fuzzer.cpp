// What a prober says of a file, true or not: whatever is judged good can be planned, and the plan
// is one that can be written down and read again.
#include <cstdint>
#include <string_view>

#include "adapters/ffmpeg/probe_json.h"
#include "base/assert.h"
#include "domain/transcode/judge.h"
#include "domain/transcode/plan.h"
#include "domain/transcode/plan_text.h"

using namespace syncwatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view json(reinterpret_cast<const char*>(data), size);
    const auto report = ffmpeg::parse_probe(json);
    if (!report || !judge(*report, SourceLimits())) return 0;
    const TranscodePlan plan = make_plan(*report, PlanSettings());
    SW_ASSERT(!plan.pictures.empty() && plan.rate.is_known() && plan.segment_frames > 0);
    for (const PictureStream& each : plan.pictures) {
        SW_ASSERT(each.width % 2 == 0 && each.height % 2 == 0 && each.width >= 16 &&
                  each.height >= 16);
        SW_ASSERT(each.peak_bits > 0 && each.level > 0);
    }
    SW_ASSERT(plan.duration.count() >= 0 && plan.hold.count() >= 0);
    const auto again = parse_plan(plan_text(plan));
    SW_ASSERT(again && *again == plan);
    return 0;
}
