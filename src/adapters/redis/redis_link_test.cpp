#include "adapters/redis/redis_link.h"

#include <mutex>

#include <gtest/gtest.h>

#include "adapters/linked_bus/linked_bus.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/lab/ports.h"
#include "apps/lab/redis_server.h"
#include "apps/lab/wait.h"
#include "contract/bus_contract.h"
#include "harness/bus_ear.h"
#include "harness/temp_folder.h"

namespace syncwatch::redis {
namespace {

using namespace std::chrono_literals;
using lab::wait_until;

std::unique_ptr<lab::RedisServer> make_server(const TempFolder& folder,
                                              const std::string& extra = {}) {
    auto server = lab::RedisServer::make({folder.path() / "redis", extra, false});
    EXPECT_TRUE(server) << server.error().message;
    return *std::move(server);
}

/// A node whose bus goes over Redis alone.
struct RedisNode {
    explicit RedisNode(const std::string& url)
        : bus(clock, random, std::make_unique<RedisLink>(random, options(url)), nullptr, {}) {
        bus.start();
    }
    static RedisLink::Options options(const std::string& url) {
        auto address = parse_redis_url(url);
        EXPECT_TRUE(address) << url;
        RedisLink::Options options;
        options.client.address = *std::move(address);
        return options;
    }
    bool met(std::size_t peers = 1) const {
        const auto status = bus.status();
        return status.connected && status.peers == peers && status.primary.latency;
    }
    SystemClock clock;
    SystemRandom random;
    LinkedBus bus;
};

/// Two nodes on one server.
struct MadeRedisBus {
    MadeRedisBus() {
        EXPECT_TRUE(wait_until([&] { return a.met() && b.met(); }, 30s));
    }
    Bus& publisher() { return a.bus; }
    Bus& receiver() { return b.bus; }
    TempFolder folder;
    std::unique_ptr<lab::RedisServer> server = make_server(folder);
    RedisNode a{server->url()};
    RedisNode b{server->url()};
};
INSTANTIATE_TYPED_TEST_SUITE_P(Redis, BusContract, MadeRedisBus);

TEST(RedisLinkTest, AServerThatIsKilledAndComesBackLosesNothingOfThePause) {
    MadeRedisBus made;
    BusEar ear(made.receiver(), "t");
    made.publisher().publish("t", "before");
    EXPECT_TRUE(ear.wait_for("before"));
    made.server->kill();
    EXPECT_TRUE(wait_until([&] { return !made.a.bus.status().connected; }, 30s));
    made.publisher().publish("t", "meanwhile");
    ASSERT_TRUE(made.server->start());
    EXPECT_TRUE(ear.wait_for("meanwhile"));
    EXPECT_EQ(ear.heard(), (std::vector<std::string>{"before", "meanwhile"}));
    const auto status = made.a.bus.status();
    EXPECT_EQ(status.primary.link.breaks, 1u);
    EXPECT_FALSE(status.primary.link.why.empty());
}

TEST(RedisLinkTest, AServerThatHangsIsNoticedAndTakenBack) {
    MadeRedisBus made;
    made.server->hang();
    EXPECT_TRUE(wait_until([&] { return !made.a.bus.status().connected; }, 30s));
    made.server->wake();
    EXPECT_TRUE(wait_until([&] { return made.a.met() && made.b.met(); }, 30s));
}

TEST(RedisLinkTest, AUserNeedsNoMoreThanItsChannel) {
    const TempFolder folder;
    const auto server = make_server(
        folder,
        "user default off\nuser app on >p@ss:word &syncwatch:bus -@all +hello +auth +ping "
        "+publish +subscribe\n");
    const auto url = [&](const std::string& who) {
        return "redis://" + who + "@127.0.0.1:" + std::to_string(server->port());
    };
    RedisNode node(url("app:p%40ss%3Aword"));
    EXPECT_TRUE(wait_until([&] { return node.met(0); }, 30s));
    RedisNode wrong(url("app:other"));
    const auto why = [&] { return wrong.bus.status().primary.link.why; };
    EXPECT_TRUE(wait_until([&] { return why().find("WRONGPASS") != std::string::npos; }, 30s));
    EXPECT_EQ(why().find("other"), std::string::npos);
}

TEST(RedisLinkTest, ANewPasswordIsTakenUpWhenTheOldOneIsRefused) {
    const TempFolder folder;
    const auto server = make_server(folder);
    ASSERT_TRUE(server->ask({"acl", "setuser", "operator", "on", "nopass", "+@all"}));
    ASSERT_TRUE(server->ask({"acl", "setuser", "default", "resetpass", ">north"}));
    std::mutex mutex;
    std::string password = "north";
    auto options = RedisNode::options(server->url());
    options.client.password = [&] {
        const std::lock_guard lock(mutex);
        return password;
    };
    SystemClock clock;
    SystemRandom random;
    LinkedBus bus(clock, random, std::make_unique<RedisLink>(random, std::move(options)), nullptr,
                  {});
    bus.start();
    const auto met = [&] { return bus.status().connected && bus.status().primary.latency; };
    EXPECT_TRUE(wait_until(met, 30s));
    const auto as_operator = [&](std::vector<std::string> words) {
        std::vector<std::string> all{"--user", "operator", "--pass", "any", "--no-auth-warning"};
        all.insert(all.end(), words.begin(), words.end());
        return server->ask(all);
    };
    ASSERT_TRUE(as_operator({"acl", "setuser", "default", "resetpass", ">south"}));
    ASSERT_TRUE(as_operator({"client", "kill", "user", "default"}));
    const auto why = [&] { return bus.status().primary.link.why; };
    EXPECT_TRUE(wait_until([&] { return why().find("WRONGPASS") != std::string::npos; }, 30s));
    {
        const std::lock_guard lock(mutex);
        password = "south";
    }
    EXPECT_TRUE(wait_until([&] { return bus.status().connected; }, 30s));
}

TEST(RedisLinkTest, APasswordAloneIsTheDefaultUsers) {
    const TempFolder folder;
    const auto server = make_server(folder, "requirepass secret\n");
    RedisNode node("redis://:secret@127.0.0.1:" + std::to_string(server->port()) + "/2");
    EXPECT_TRUE(wait_until([&] { return node.met(0); }, 30s));
    RedisNode nobody(server->url());
    const auto why = [&] { return nobody.bus.status().primary.link.why; };
    EXPECT_TRUE(wait_until([&] { return why().find("NOAUTH") != std::string::npos; }, 30s));
}

TEST(RedisLinkTest, WhoeverIsNoRedisIsLeft) {
    auto port = lab::free_port();
    ASSERT_TRUE(port);
    RedisNode node("redis://127.0.0.1:" + std::to_string(*port));
    EXPECT_TRUE(wait_until([&] { return !node.bus.status().primary.link.why.empty(); }, 30s));
    EXPECT_FALSE(node.bus.status().connected);
}

}  // namespace
}  // namespace syncwatch::redis
