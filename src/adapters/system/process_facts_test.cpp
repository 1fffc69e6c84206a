#include "adapters/system/process_facts.h"

#include <ctime>

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

TEST(ProcessFactsTest, TheKernelKnowsThisProcess) {
    const auto facts = process_facts();
    ASSERT_TRUE(facts);
    EXPECT_GT(facts->resident_bytes, 1'000'000u);
    EXPECT_LT(facts->resident_bytes, 10'000'000'000u);
    EXPECT_GE(facts->open_files, 3u);
    EXPECT_GE(facts->threads, 1u);
    EXPECT_GE(facts->cpu_seconds, 0);
    const auto now = static_cast<double>(std::time(nullptr));
    EXPECT_GT(facts->started_at, now - 3600);
    EXPECT_LE(facts->started_at, now + 2);
}

}  // namespace
}  // namespace syncwatch
