#include "domain/transcode/rational.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

TEST(RationalTest, TheFormsOfMediaFilesAreRead) {
    EXPECT_EQ(Rational::parse("30000/1001"), (Rational{30000, 1001}));
    EXPECT_EQ(Rational::parse("50/2"), (Rational{25, 1}));
    EXPECT_EQ(Rational::parse("64:45"), (Rational{64, 45}));
    EXPECT_EQ(Rational::parse("24"), (Rational{24, 1}));
}

TEST(RationalTest, WhatIsNoRatioIsNotKnown) {
    for (const char* text : {"0/0", "0/1", "1/0", "-1/2", "0:1"}) {
        const auto read = Rational::parse(text);
        ASSERT_TRUE(read) << text;
        EXPECT_FALSE(read->is_known()) << text;
    }
}

TEST(RationalTest, OtherTextIsRefused) {
    for (const char* text : {"", "x", "1/", "/2", "1/2/3", "1.5", " 1", "1e3", "N/A"}) {
        EXPECT_FALSE(Rational::parse(text)) << text;
    }
}

}  // namespace
}  // namespace syncwatch
