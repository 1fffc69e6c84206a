// Redis is killed, hangs, is slow or is out of reach of one node, while numbers go from node to
// node: the second road takes over within two seconds and hands back, and each number is heard
// once and in order.
#include <gtest/gtest.h>

#include "bus/bus_world.h"
#include "relay/relay_thread.h"

namespace syncwatch::bus_test {
namespace {

class TakeoverTest : public testing::Test {
protected:
    static std::unique_ptr<lab::RedisServer> make_redis(const TempFolder& folder) {
        auto server = lab::RedisServer::make({folder.path() / "redis"});
        EXPECT_TRUE(server) << server.error().message;
        return *std::move(server);
    }
    static std::string through(const relay::RelayThread& relay) {
        return "redis://127.0.0.1:" + std::to_string(relay.port());
    }
    void SetUp() override {
        ASSERT_TRUE(wait_until([&] { return a_.well() && b_.well(); }, kPatience));
    }
    /// Both nodes leave the primary; gives how long the slower one took, in ms.
    long long both_take_over(const Watch& since) {
        EXPECT_TRUE(wait_until([&] { return a_.goes_by(Road::Second) && b_.goes_by(Road::Second); },
                               kPatience, 2ms));
        return since.ms();
    }
    long long both_hand_back(const Watch& since) {
        EXPECT_TRUE(
            wait_until([&] { return a_.goes_by(Road::Primary) && b_.goes_by(Road::Primary); },
                       kPatience, 2ms));
        return since.ms();
    }
    /// Everything was heard, and as it was said.
    void expect_all(BusEar& ear, Stream& stream, const char* what) {
        const int said = stream.end();
        EXPECT_TRUE(ear.wait_for(std::to_string(said), kPatience));
        const Account result = account(ear.heard(), said);
        EXPECT_TRUE(result.once_and_in_order) << what;
        EXPECT_EQ(result.lost, 0) << what;
        RecordProperty("messages", said);
    }

    TempFolder folder_;
    std::unique_ptr<lab::RedisServer> redis_ = make_redis(folder_);
    relay::RelayThread to_a_{redis_->port()};
    relay::RelayThread to_b_{redis_->port()};
    Node a_{through(to_a_), postgres_server().url()};
    Node b_{through(to_b_), postgres_server().url()};
};

TEST_F(TakeoverTest, RedisIsKilledAndComesBack) {
    BusEar ear(b_.bus, "stream");
    Stream stream(a_.bus);
    stream.go_on(300ms);
    const Watch killed;
    redis_->kill();
    const long long takeover = both_take_over(killed);
    stream.go_on(500ms);
    const Watch started;
    ASSERT_TRUE(redis_->start());
    const long long back = both_hand_back(started);
    stream.go_on(300ms);
    expect_all(ear, stream, "killed");
    EXPECT_LT(takeover, 2000);
    fmt::print("killed: taken over in {} ms, handed back in {} ms\n", takeover, back);
}

TEST_F(TakeoverTest, RedisHangsAndWakes) {
    BusEar ear(b_.bus, "stream");
    Stream stream(a_.bus);
    stream.go_on(300ms);
    const Watch hung;
    redis_->hang();
    const long long takeover = both_take_over(hung);
    stream.go_on(1s);
    const Watch awake;
    redis_->wake();
    const long long back = both_hand_back(awake);
    stream.go_on(300ms);
    expect_all(ear, stream, "hung");
    EXPECT_LT(takeover, 2000);
    fmt::print("hung: taken over in {} ms, handed back in {} ms\n", takeover, back);
}

TEST_F(TakeoverTest, RedisAnswersSlowly) {
    BusEar ear(b_.bus, "stream");
    Stream stream(a_.bus);
    stream.go_on(300ms);
    relay::Conditions slow;
    slow.delay = 2s;
    const Watch slowed;
    to_a_.set(relay::Direction::Down, slow);
    to_b_.set(relay::Direction::Down, slow);
    const long long takeover = both_take_over(slowed);
    stream.go_on(1s);
    const Watch quick;
    to_a_.set(relay::Direction::Down, {});
    to_b_.set(relay::Direction::Down, {});
    const long long back = both_hand_back(quick);
    stream.go_on(300ms);
    expect_all(ear, stream, "slow");
    EXPECT_LT(takeover, 2000);
    fmt::print("slow: taken over in {} ms, handed back in {} ms\n", takeover, back);
}

TEST_F(TakeoverTest, OneNodeIsCutOffFromRedis) {
    BusEar at_a(a_.bus, "stream");
    BusEar at_b(b_.bus, "stream");
    Stream of_a(a_.bus);
    of_a.go_on(300ms);
    to_b_.with([](relay::FaultRelay& relay) { relay.cut(relay::FaultRelay::Cut::Silent); });
    EXPECT_TRUE(wait_until([&] { return b_.goes_by(Road::Second); }, kPatience));
    b_.bus.publish("stream", "0");
    EXPECT_TRUE(at_a.wait_for("0", kPatience)) << "who is cut off is heard";
    of_a.go_on(500ms);
    EXPECT_TRUE(a_.goes_by(Road::Primary)) << "who is not has no reason to leave";
    to_b_.with([](relay::FaultRelay& relay) { relay.heal(); });
    EXPECT_TRUE(wait_until([&] { return b_.goes_by(Road::Primary); }, kPatience));
    const int said = of_a.end();
    EXPECT_TRUE(at_b.wait_for(std::to_string(said), kPatience));
    auto heard = at_b.heard();
    std::erase(heard, "0");
    const Account result = account(heard, said);
    EXPECT_TRUE(result.once_and_in_order);
    EXPECT_EQ(result.lost, 0);
}

TEST_F(TakeoverTest, BothRoadsGoAndComeBack) {
    BusEar ear(b_.bus, "stream");
    redis_->kill();
    postgres_server().kill();
    const auto cut = [&] { return !a_.bus.status().connected && !b_.bus.status().connected; };
    ASSERT_TRUE(wait_until(cut, kPatience));
    for (int i = 1; i <= 100; ++i) a_.bus.publish("stream", std::to_string(i));
    EXPECT_EQ(a_.bus.status().waiting, 100u);
    ASSERT_TRUE(postgres_server().start());
    EXPECT_TRUE(ear.wait_for("100", kPatience));
    ASSERT_TRUE(redis_->start());
    const Watch started;
    both_hand_back(started);
    const Account result = account(ear.heard(), 100);
    EXPECT_TRUE(result.once_and_in_order);
    EXPECT_EQ(result.lost, 0);
}

/// Not a promise, but what the roads cost here: half a round trip of two nodes.
TEST_F(TakeoverTest, BothRoadsAreQuick) {
    for (const Road road : {Road::Primary, Road::Second}) {
        if (road == Road::Second) {
            redis_->kill();
            both_take_over(Watch());
        }
        BusEar ear(b_.bus, "t");
        std::vector<double> took;
        for (int i = 0; i < 300; ++i) {
            const auto begin = std::chrono::steady_clock::now();
            a_.bus.publish("t", std::to_string(i));
            ASSERT_TRUE(ear.wait_for(std::to_string(i), kPatience));
            const std::chrono::duration<double, std::milli> time =
                std::chrono::steady_clock::now() - begin;
            took.push_back(time.count());
        }
        std::ranges::sort(took);
        fmt::print("{}: p50 {:.2f} ms, p99 {:.2f} ms\n", road == Road::Primary ? "Redis" : "NOTIFY",
                   took[150], took[297]);
        EXPECT_LT(took[150], 100.0);
    }
}

}  // namespace
}  // namespace syncwatch::bus_test
