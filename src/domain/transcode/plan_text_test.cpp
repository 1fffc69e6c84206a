#include "domain/transcode/plan_text.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

TranscodePlan plan() {
    TranscodePlan made;
    made.source_video = 1;
    made.origin = std::chrono::microseconds(533'333);
    made.file_start = std::chrono::microseconds(-7'000);
    made.duration = std::chrono::seconds(60);
    made.hold = std::chrono::seconds(2);
    made.rate = {24000, 1001};
    made.segment_frames = 48;
    made.deinterlace = true;
    made.transfer = Transfer::Hlg;
    made.preset = "superfast";
    made.quality = 22;
    made.pictures = {{"v1080", "1080p", 1920, 1080, true, 6'000'000, 40},
                     {"v720", "720p", 1280, 720, false, 2'800'000, 31}};
    made.sounds = {{"a0", 2, false, 2, 48'000, 160'000},
                   {"a1", 3, true, 6, 44'100, 256'000, std::chrono::seconds(9)}};
    made.texts = {{"s0", 5}};
    return made;
}

TEST(PlanTextTest, APlanComesBackAsItWas) {
    const std::string text = plan_text(plan());
    const auto read = parse_plan(text);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, plan());
    EXPECT_EQ(plan_text(*read), text);
}

TEST(PlanTextTest, AnythingElseIsRefused) {
    const std::string good = plan_text(plan());
    for (std::size_t cut = 0; cut < good.size(); ++cut) {
        const auto read = parse_plan(std::string_view(good).substr(0, cut));
        // What is cut off between two sounds is a plan still, a different one.
        EXPECT_TRUE(!read || good[cut - 1] == '\n') << cut;
    }
    for (const char* bad : {"", "plan 2\n", "plan 1\n", "plan 1\nnonsense 1\n"}) {
        EXPECT_FALSE(parse_plan(bad)) << bad;
    }
    for (const auto& [from, to] :
         {std::pair("copy", "move"), std::pair("48 interlaced", "x interlaced"),
          std::pair("hlg", "dolby"), std::pair("24000/1001", "0/1"),
          std::pair("text s0 5", "text s0 5 6"), std::pair("source 1 ", "source 1  ")}) {
        std::string text = good;
        text.replace(text.find(from), std::string_view(from).size(), to);
        EXPECT_FALSE(parse_plan(text)) << to;
    }
}

}  // namespace
}  // namespace syncwatch
