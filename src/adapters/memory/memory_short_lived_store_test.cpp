#include "adapters/memory/memory_short_lived_store.h"

#include <gtest/gtest.h>

#include "contract/short_lived_store_contract.h"
#include "harness/manual_clock.h"

namespace syncwatch {
namespace {

struct MadeMemoryShortLivedStore {
    ShortLivedStore& first() { return store; }
    ShortLivedStore& second() { return store; }
    void pass(std::chrono::milliseconds time) { clock.advance(time); }
    ManualClock clock;
    MemoryShortLivedStore store{clock};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, ShortLivedStoreContract, MadeMemoryShortLivedStore);

TEST(MemoryShortLivedStoreTest, WhatIsKeptIsBounded) {
    using namespace std::chrono_literals;
    ManualClock clock;
    MemoryShortLivedStore::Options options;
    options.max_keys = 2;
    MemoryShortLivedStore store(clock, options);
    EXPECT_TRUE(run_to_end(store.put("a", "1", 1s)));
    EXPECT_TRUE(run_to_end(store.put("b", "1", 9s)));
    EXPECT_TRUE(run_to_end(store.put("b", "2", 9s))) << "in place of the other";
    const auto full = run_to_end(store.add("c", 1, 9s));
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, ErrorCode::Exhausted);
    clock.advance(2s);
    EXPECT_TRUE(run_to_end(store.add("c", 1, 9s))) << "a's time is over";
}

}  // namespace
}  // namespace syncwatch
