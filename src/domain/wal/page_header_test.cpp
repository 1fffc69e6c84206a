#include "domain/wal/page_header.h"

#include <string>

#include <gtest/gtest.h>

namespace syncwatch::wal {
namespace {

/// As PostgreSQL 15 wrote it on a machine whose least byte comes first.
const std::string kBytes(
    "\x10\xd1\x07\x00\x02\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x15\x16\x17\x18\x19\x1a\x1b\x1c"
    "\x00\x00\x00\x01\x00\x20\x00\x00",
    40);

TEST(PageHeaderTest, ASegmentSaysWhichItIs) {
    const auto header = PageHeader::read(kBytes + "more");
    ASSERT_TRUE(header);
    EXPECT_EQ(header->timeline, 2U);
    EXPECT_EQ(text(header->at), "0/3000000");
    EXPECT_EQ(header->system, 0x1c1b1a1918171615U);
}

TEST(PageHeaderTest, AnythingElseIsNone) {
    EXPECT_FALSE(PageHeader::read(""));
    EXPECT_FALSE(PageHeader::read(kBytes.substr(0, 39)));
    EXPECT_FALSE(PageHeader::read(std::string(40, '\0')));
    EXPECT_FALSE(PageHeader::read(std::string(40, 'x')));
}

}  // namespace
}  // namespace syncwatch::wal
