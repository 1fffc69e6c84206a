#include "services/transcoding/picture_parts.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

TEST(PicturePartsTest, OnlyAFilmOfThreePartsIsCutAndOnlyWhereSegmentsEnd) {
    struct Row {
        const char* what;
        std::chrono::seconds film;
        std::chrono::seconds part;
        int segments;
    };
    const Row rows[] = {{"an hour", 3600s, 60s, 30},
                        {"just long enough", 180s, 60s, 30},
                        {"too short", 179s, 60s, 0},
                        {"a length that is not known", 0s, 60s, 0},
                        {"a part between two segments", 3600s, 61s, 30},
                        {"a part shorter than a segment", 3600s, 1s, 1},
                        {"nobody is to help", 3600s, 0s, 0}};
    for (const Row& row : rows) {
        TranscodePlan plan;
        plan.rate = *Rational::parse("24/1");
        plan.segment_frames = 48;
        plan.duration = row.film;
        PartRules rules;
        rules.length = row.part;
        EXPECT_EQ(segments_of_part(plan, rules), row.segments) << row.what;
    }
}

}  // namespace
}  // namespace syncwatch
