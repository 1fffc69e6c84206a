#include "adapters/redis/redis_short_lived_store.h"

#include <gtest/gtest.h>

#include "adapters/system/system_random.h"
#include "apps/lab/redis_server.h"
#include "apps/lab/wait.h"
#include "contract/short_lived_store_contract.h"
#include "harness/temp_folder.h"

namespace syncwatch::redis {
namespace {

using namespace std::chrono_literals;
using lab::wait_until;

RedisShortLivedStore::Options store_options(const std::string& url) {
    RedisShortLivedStore::Options options;
    auto address = parse_redis_url(url);
    EXPECT_TRUE(address) << url;
    options.client.address = *std::move(address);
    return options;
}

/// Two nodes with one Redis.
struct MadeRedisShortLivedStore {
    MadeRedisShortLivedStore() {
        const auto connected = [this] { return a.status().connected && b.status().connected; };
        EXPECT_TRUE(wait_until(connected, 30s));
    }
    static std::unique_ptr<lab::RedisServer> make_redis(const TempFolder& folder) {
        auto made = lab::RedisServer::make({folder.path() / "redis"});
        EXPECT_TRUE(made) << made.error().message;
        return *std::move(made);
    }
    ShortLivedStore& first() { return a; }
    ShortLivedStore& second() { return b; }
    /// The server's time is what counts.
    void pass(std::chrono::milliseconds time) { std::this_thread::sleep_for(time + 5ms); }

    TempFolder folder;
    std::unique_ptr<lab::RedisServer> server = make_redis(folder);
    SystemRandom random;
    RedisShortLivedStore a{random, store_options(server->url())};
    RedisShortLivedStore b{random, store_options(server->url())};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Redis, ShortLivedStoreContract, MadeRedisShortLivedStore);

TEST(RedisShortLivedStoreTest, WhatIsOlderThanARestoreIsNotSeen) {
    MadeRedisShortLivedStore made;
    ASSERT_TRUE(run_to_end(made.a.put("ticket", "x", 1h)));
    ASSERT_TRUE(run_to_end(made.a.claim("job", 1h)));
    EXPECT_EQ(run_to_end(made.a.next_generation()).value(), 1);
    const auto gone = [&] { return !run_to_end(made.b.get("ticket")).value(); };
    EXPECT_TRUE(wait_until(gone, 30s)) << "the other node hears of it by itself";
    EXPECT_TRUE(run_to_end(made.a.claim("job", 1h)).value());
    EXPECT_FALSE(run_to_end(made.b.claim("job", 1h)).value());
}

TEST(RedisShortLivedStoreTest, NothingWithoutAnEndIsLeftBehind) {
    MadeRedisShortLivedStore made;
    ASSERT_TRUE(run_to_end(made.a.put("a", "x", 1h)));
    ASSERT_TRUE(run_to_end(made.a.claim("b", 1h)));
    ASSERT_TRUE(run_to_end(made.a.add("c", 1, 1h)));
    ASSERT_TRUE(run_to_end(made.a.add("c", 1, 1h)));
    const auto keys = made.server->ask({"keys", "*"});
    ASSERT_TRUE(keys);
    EXPECT_EQ(std::ranges::count(*keys, '\n'), 2) << *keys;
    for (const char* key : {"syncwatch:0:a", "syncwatch:0:b", "syncwatch:0:c"}) {
        EXPECT_GT(std::stol(made.server->ask({"pttl", key}).value()), 3'500'000) << key;
    }
}

TEST(RedisShortLivedStoreTest, ACallIsNotKeptWaitingForAServerThatIsAway) {
    MadeRedisShortLivedStore made;
    made.server->hang();
    const auto slow = run_to_end(made.a.get("k"));
    ASSERT_FALSE(slow);
    EXPECT_EQ(slow.error().code, ErrorCode::Unavailable);
    EXPECT_TRUE(wait_until([&] { return !made.a.status().connected; }, 30s));
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_FALSE(run_to_end(made.a.add("k", 1, 1h)));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 400ms) << "less than the deadline";
    made.server->wake();
    EXPECT_TRUE(wait_until([&] { return run_to_end(made.a.add("k", 1, 1h)).has_value(); }, 30s));
}

TEST(RedisShortLivedStoreTest, ACountThatIsSomethingElseIsAnError) {
    MadeRedisShortLivedStore made;
    ASSERT_TRUE(run_to_end(made.a.put("k", "text", 1h)));
    EXPECT_FALSE(run_to_end(made.a.add("k", 1, 1h)));
    EXPECT_EQ(run_to_end(made.a.get("k")).value(), "text");
}

}  // namespace
}  // namespace syncwatch::redis
