#include "base/quantity.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

TEST(QuantityTest, SizesHaveUnitsOfTenOrOfTwo) {
    EXPECT_EQ(parse_size("0"), 0u);
    EXPECT_EQ(parse_size("1048576"), 1048576u);
    EXPECT_EQ(parse_size("500MB"), 500'000'000u);
    EXPECT_EQ(parse_size("50 GiB"), std::uint64_t{50} << 30);
    EXPECT_EQ(parse_size("2TiB"), std::uint64_t{2} << 40);
    for (const char* wrong :
         {"", "GB", "1gb", "1.5GB", "-1", "1 G B", "99999999999999TiB", "0x10"}) {
        EXPECT_FALSE(parse_size(wrong)) << wrong;
    }
}

TEST(QuantityTest, SpansAreOneNumberAndOneUnit) {
    EXPECT_EQ(parse_span("90s"), 90s);
    EXPECT_EQ(parse_span("15m"), 15min);
    EXPECT_EQ(parse_span("12h"), 12h);
    EXPECT_EQ(parse_span("30d"), 720h);
    for (const char* wrong : {"", "90", "0s", "1h30m", "1.5h", "-1s", "1w", "99999999999999999d"}) {
        EXPECT_FALSE(parse_span(wrong)) << wrong;
    }
}

TEST(QuantityTest, SizesAreShownInTheUnitThatFits) {
    EXPECT_EQ(format_size(0), "0.0 MB");
    EXPECT_EQ(format_size(12'345'678), "12.3 MB");
    EXPECT_EQ(format_size(4'500'000'000), "4.5 GB");
}

TEST(QuantityTest, ASpanIsWrittenAsItIsRead) {
    for (const char* text : {"1s", "90s", "60s", "15m", "60m", "12h", "24h", "30d"}) {
        EXPECT_EQ(write_span(parse_span(text).value()), text);
    }
    EXPECT_EQ(write_span(1h), "60m");
}

TEST(QuantityTest, SpansAreShownInTheUnitThatFits) {
    EXPECT_EQ(format_span(90s), "90 s");
    EXPECT_EQ(format_span(15min), "15 min");
    EXPECT_EQ(format_span(12h), "12 h");
    EXPECT_EQ(format_span(720h), "30 days");
    EXPECT_EQ(format_span(0.4), "0 s");
}

}  // namespace
}  // namespace syncwatch
