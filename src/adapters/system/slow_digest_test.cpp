#include "adapters/system/slow_digest.h"

#include <gtest/gtest.h>

#include "harness/must.h"

namespace syncwatch {
namespace {

TEST(SlowDigestTest, TellsTextsAndPurposesApart) {
    const std::string one = must(slow_digest("backups", as_bytes("secret")));
    EXPECT_EQ(one.size(), 64u);
    EXPECT_EQ(must(slow_digest("backups", as_bytes("secret"))), one);
    EXPECT_NE(must(slow_digest("backups", as_bytes("Secret"))), one);
    EXPECT_NE(must(slow_digest("others", as_bytes("secret"))), one);
}

}  // namespace
}  // namespace syncwatch
