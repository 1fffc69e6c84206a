#include "domain/wal/segment.h"

#include <gtest/gtest.h>

namespace syncwatch::wal {
namespace {

TEST(LsnTest, IsReadAndWrittenAsPostgresDoes) {
    EXPECT_EQ(parse_lsn("0/3000028"), Lsn{0x3000028});
    EXPECT_EQ(parse_lsn("A/ff"), Lsn{0xA000000FF});
    EXPECT_EQ(text(Lsn{0xA000000FF}), "A/FF");
    for (const char* each :
         {"", "/", "0/", "/1", "0/1 ", "0/123456789", "0/-1", "1", "g/0", "0x1/2"})
        EXPECT_FALSE(parse_lsn(each)) << each;
}

TEST(SegmentTest, ItsNameIsItsTimelineAndItsPlace) {
    const auto segment = Segment::parse("0000000200000001000000FF");
    ASSERT_TRUE(segment);
    EXPECT_EQ(segment->timeline, 2u);
    EXPECT_EQ(segment->begin(), Lsn{0x1FF000000});
    EXPECT_EQ(segment->end(), Lsn{0x200000000});
    EXPECT_EQ(segment->name(), "0000000200000001000000FF");
    EXPECT_EQ((Segment{2, segment->number + 1}.name()), "000000020000000200000000");
    EXPECT_EQ(Segment::holding(2, Lsn{0x1FF000001}), *segment);
    for (const char* each : {"", "00000002000000010000FF", "000000020000000100000100",
                             "00000000000000010000000F", "00000002000000010000000f",
                             "0000000200000001000000F/", "0000000200000001000000FF.partial"})
        EXPECT_FALSE(Segment::parse(each)) << each;
}

TEST(SegmentTest, AHistoryIsOfATimeline) {
    EXPECT_EQ(parse_history_name("0000000A.history"), 10u);
    EXPECT_FALSE(parse_history_name("0000000a.history"));
    EXPECT_FALSE(parse_history_name("A.history"));
    EXPECT_FALSE(parse_history_name("0000000A.histor"));
}

}  // namespace
}  // namespace syncwatch::wal
