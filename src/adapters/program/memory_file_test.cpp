#include "adapters/program/memory_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/must.h"

namespace syncwatch::program {
namespace {

TEST(MemoryFileTest, NoMoreIsReadThanWasAllowed) {
    EXPECT_EQ(must(read_whole(must(memory_file("12345")).get(), 5)), "12345");
    const auto more = read_whole(must(memory_file("123456")).get(), 5);
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, ErrorCode::TooLarge);
}

TEST(MemoryFileTest, ItsEndIsReadWhereverItsWritersStand) {
    const UniqueFd file = must(memory_file("begun, "));
    EXPECT_EQ(read_end(must(memory_file("")).get(), 10), "");
    ASSERT_EQ(::write(file.get(), "ended", 5), 5);
    EXPECT_EQ(read_end(file.get(), 100), "begun, ended");
    EXPECT_EQ(read_end(file.get(), 3), "ded");
}

}  // namespace
}  // namespace syncwatch::program
