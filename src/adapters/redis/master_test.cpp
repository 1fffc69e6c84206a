#include "adapters/redis/master.h"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "apps/lab/redis_server.h"
#include "base/async/run_to_end.h"
#include "harness/temp_folder.h"

namespace syncwatch::redis {
namespace {

std::unique_ptr<lab::RedisServer> make_named(const TempFolder& folder, const std::string& name,
                                             const std::string& extra, bool sentinel) {
    auto server = lab::RedisServer::make({folder.path() / name, extra, sentinel});
    EXPECT_TRUE(server) << server.error().message;
    return *std::move(server);
}

MasterFinder::Options finder_options(const std::string& url, const std::string& password = {}) {
    MasterFinder::Options options;
    auto address = parse_redis_url(url);
    EXPECT_TRUE(address) << url;
    options.address = *std::move(address);
    options.sentinel_password = [password] { return password; };
    return options;
}

TEST(MasterTest, WithoutSentinelsItIsTheServerOfTheUrl) {
    MasterFinder finder(finder_options("redis://h:7000"));
    EXPECT_FALSE(finder.has_sentinels());
    EXPECT_EQ(run_to_end(finder.find()).value(), (Endpoint{"h", 7000}));
}

TEST(MasterTest, OneSentinelThatAnswersIsEnough) {
    const TempFolder folder;
    const auto sentinel = make_named(
        folder, "sentinel", "requirepass watched\nsentinel monitor lab 127.0.0.1 7001 1\n", true);
    const auto url = [&](const char* master) {
        // Nobody listens on the first port; TEST-NET-1 of the second goes nowhere.
        return fmt::format("sentinel://127.0.0.1:1,192.0.2.1:26379,127.0.0.1:{}/{}",
                           sentinel->port(), master);
    };
    MasterFinder finder(finder_options(url("lab"), "watched"));
    EXPECT_EQ(run_to_end(finder.find()).value(), (Endpoint{"127.0.0.1", 7001}));

    MasterFinder stranger(finder_options(url("lab")));
    const auto refused = run_to_end(stranger.find());
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("NOAUTH"), std::string::npos) << refused.error().message;

    MasterFinder other(finder_options(url("other"), "watched"));
    const auto unknown = run_to_end(other.find());
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().message.find("\"other\""), std::string::npos);
}

/// Whether a server passes for a master.
Async<> check(Endpoint endpoint) {
    Connection::Options options;
    auto connection = Connection::make(co_await net::this_coro::executor, std::move(options));
    SW_CO_CHECK(co_await connection->open(std::move(endpoint)));
    const ClosedAtEnd closing(connection);
    co_return co_await check_is_master(connection);
}

TEST(MasterTest, AReplicaIsRefused) {
    const TempFolder folder;
    const auto master = make_named(folder, "master", "", false);
    const auto replica = make_named(folder, "replica",
                                    fmt::format("replicaof 127.0.0.1 {}\n", master->port()), false);
    EXPECT_TRUE(run_to_end(check({"127.0.0.1", master->port()})));
    EXPECT_FALSE(run_to_end(check({"127.0.0.1", replica->port()})));
}

}  // namespace
}  // namespace syncwatch::redis
