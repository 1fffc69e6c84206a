#include "domain/transcode/failure.h"

#include <set>

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

constexpr int kFailures = static_cast<int>(MediaFailure::Cancelled) + 1;

TEST(FailureTest, EveryFailureHasACodeOfItsOwnAndASentenceForPeople) {
    std::set<std::string_view> codes;
    for (int i = 0; i < kFailures; ++i) {
        const FailureWords& each = words(static_cast<MediaFailure>(i));
        EXPECT_TRUE(codes.insert(each.code).second) << each.code;
        EXPECT_EQ(each.message.back(), '.') << each.code;
        EXPECT_EQ(each.message.find("ffmpeg"), std::string_view::npos) << each.code;
        EXPECT_EQ(parse_media_failure(each.code), static_cast<MediaFailure>(i));
    }
    EXPECT_FALSE(parse_media_failure("on_fire"));
}

TEST(FailureTest, AFaultOfTheFileIsInvalidInputAndAFaultOfOursIsNot) {
    const Error damaged = failure_error(MediaFailure::Damaged, "moov atom not found");
    EXPECT_EQ(damaged.code, ErrorCode::InvalidInput);
    EXPECT_EQ(damaged.reason, "damaged");
    const Error stalled = failure_error(MediaFailure::Stalled, "no frame for 60 s");
    EXPECT_EQ(stalled.code, ErrorCode::Unavailable);
    EXPECT_EQ(stalled.component, "transcoder");
}

}  // namespace
}  // namespace syncwatch
