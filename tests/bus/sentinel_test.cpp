// A master, its replica and three Sentinels: the bus follows the master.
#include <gtest/gtest.h>

#include "bus/bus_world.h"

namespace syncwatch::bus_test {
namespace {

class SentinelTest : public testing::Test {
protected:
    static std::unique_ptr<lab::RedisGroup> make_group(const TempFolder& folder) {
        auto group = lab::RedisGroup::make(folder.path());
        EXPECT_TRUE(group) << group.error().message;
        return *std::move(group);
    }
    void SetUp() override {
        ASSERT_TRUE(wait_until([&] { return a_.well() && b_.well(); }, kPatience));
    }
    bool both_at(std::uint16_t port) const {
        const std::string end = ":" + std::to_string(port);
        const auto at = [&](const Node& node) {
            const auto status = node.bus.status().primary.link;
            return status.connected && status.at.ends_with(end);
        };
        return at(a_) && at(b_);
    }
    void expect_all(BusEar& ear, Stream& stream) {
        const int said = stream.end();
        EXPECT_TRUE(ear.wait_for(std::to_string(said), kPatience));
        const Account result = account(ear.heard(), said);
        EXPECT_TRUE(result.once_and_in_order);
        EXPECT_EQ(result.lost, 0);
    }

    TempFolder folder_;
    std::unique_ptr<lab::RedisGroup> group_ = make_group(folder_);
    Node a_{group_->url(), postgres_server().url()};
    Node b_{group_->url(), postgres_server().url()};
};

TEST_F(SentinelTest, TheReplicaTakesOverAndTheOldMasterIsNotGoneBackTo) {
    BusEar ear(b_.bus, "stream");
    Stream stream(a_.bus);
    EXPECT_TRUE(both_at(group_->server(0).port()));
    const Watch killed;
    group_->server(0).kill();
    EXPECT_TRUE(wait_until([&] { return both_at(group_->server(1).port()); }, kPatience));
    fmt::print("Sentinel: on the new master in {} ms\n", killed.ms());
    EXPECT_TRUE(wait_until([&] { return a_.well() && b_.well(); }, kPatience));
    // It takes itself for a master until a Sentinel tells it otherwise.
    ASSERT_TRUE(group_->server(0).start());
    const auto demoted = [&] {
        const auto role = group_->server(0).ask({"role"});
        return role && role->starts_with("slave");
    };
    EXPECT_TRUE(wait_until(demoted, kPatience, 100ms));
    EXPECT_TRUE(both_at(group_->server(1).port()));
    EXPECT_TRUE(wait_until([&] { return a_.well() && b_.well(); }, kPatience));
    expect_all(ear, stream);
}

TEST_F(SentinelTest, AMasterThatIsToldToStepDownIsLeftAtOnce) {
    BusEar ear(b_.bus, "stream");
    Stream stream(a_.bus);
    stream.go_on(200ms);
    ASSERT_TRUE(group_->sentinel(0).ask({"sentinel", "failover", "lab"}));
    EXPECT_TRUE(wait_until([&] { return both_at(group_->server(1).port()); }, kPatience));
    EXPECT_TRUE(wait_until([&] { return a_.well() && b_.well(); }, kPatience));
    expect_all(ear, stream);
}

TEST_F(SentinelTest, OneSentinelThatHangsIsNotWaitedFor) {
    group_->sentinel(0).hang();
    group_->server(0).kill();
    EXPECT_TRUE(wait_until([&] { return both_at(group_->server(1).port()); }, kPatience));
    group_->sentinel(0).wake();
}

}  // namespace
}  // namespace syncwatch::bus_test
