#include "adapters/linked_bus/linked_bus.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/lab/wait.h"
#include "contract/bus_contract.h"
#include "harness/bus_ear.h"
#include "harness/twin_road.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using lab::wait_until;

/// Ten times as fast as in earnest.
LinkedBus::Options quick() {
    LinkedBus::Options options;
    options.health.limit = 200ms;
    options.health.trusted_after = 300ms;
    options.choice.word_holds = 250ms;
    options.choice.unheard = 600ms;
    options.inbox.window.patience = 700ms;
    options.primary_beat = 25ms;
    options.second_beat = 50ms;
    return options;
}

/// Two nodes, 0 and 1, with two roads between them.
struct TwoNodes {
    explicit TwoNodes(bool with_second = true, LinkedBus::Options options = quick())
        : a(clock, random, primary.link(), with_second ? second.link() : nullptr, options),
          b(clock, random, primary.link(), with_second ? second.link() : nullptr, options) {
        a.start();
        b.start();
        EXPECT_TRUE(wait_until([&] { return met(a) && met(b); }, 10s));
    }
    static bool met(const LinkedBus& bus) {
        const auto status = bus.status();
        return status.peers == 1 && status.connected && (!status.second || status.second->latency);
    }
    SystemClock clock;
    SystemRandom random;
    TwinRoad primary;
    TwinRoad second;
    LinkedBus a;
    LinkedBus b;
};

struct MadeTwoRoads {
    Bus& publisher() { return nodes.a; }
    Bus& receiver() { return nodes.b; }
    TwoNodes nodes{true, {}};
};
struct MadeOneRoad {
    Bus& publisher() { return nodes.a; }
    Bus& receiver() { return nodes.b; }
    TwoNodes nodes{false, {}};
};
INSTANTIATE_TYPED_TEST_SUITE_P(TwoRoads, BusContract, MadeTwoRoads);
INSTANTIATE_TYPED_TEST_SUITE_P(OneRoad, BusContract, MadeOneRoad);

/// Publishes numbers from a thread of its own for as long as it lives.
class Speaker {
public:
    explicit Speaker(Bus& bus)
        : thread_([this, &bus](const std::stop_token& stop) {
              while (!stop.stop_requested()) {
                  bus.publish("t", std::to_string(++said_));
                  std::this_thread::sleep_for(1ms);
              }
          }) {}
    int said() const { return said_; }
    /// Waits until it said so many more.
    void go_on(int more) {
        const int until = said_ + more;
        EXPECT_TRUE(wait_until([&] { return said_ >= until; }, 30s));
    }
    /// Ends it, and gives what it said.
    std::vector<std::string> end() {
        thread_ = {};
        std::vector<std::string> all;
        for (int i = 1; i <= said_; ++i) all.push_back(std::to_string(i));
        return all;
    }

private:
    std::atomic<int> said_{0};
    std::jthread thread_;
};

bool goes_by(const LinkedBus& bus, Road road) {
    return wait_until([&] { return bus.status().active == road; }, 20s);
}

TEST(LinkedBusTest, ThePartsOfANodeHearOneAnotherWithEveryRoadClosed) {
    TwoNodes nodes;
    for (const int node : {0, 1}) {
        nodes.primary.set_up(node, false);
        nodes.second.set_up(node, false);
    }
    EXPECT_TRUE(wait_until([&] { return !nodes.a.status().connected; }, 10s));
    BusEar own(nodes.a, "t");
    BusEar others(nodes.b, "t");
    nodes.a.publish("t", "x");
    EXPECT_TRUE(own.wait_for("x"));
    EXPECT_EQ(nodes.a.status().waiting, 1u);
    // What was said meanwhile is told later.
    for (const int node : {0, 1}) nodes.second.set_up(node, true);
    EXPECT_TRUE(others.wait_for("x"));
    EXPECT_EQ(own.heard(), std::vector<std::string>{"x"});
}

TEST(LinkedBusTest, NothingIsLostRepeatedOrOvertakenWhenThePrimaryBreaksAndComesBack) {
    TwoNodes nodes;
    BusEar ear(nodes.b, "t");
    Speaker speaker(nodes.a);
    for (int round = 0; round < 3; ++round) {
        speaker.go_on(50);
        for (const int node : {0, 1}) nodes.primary.set_up(node, false);
        EXPECT_TRUE(goes_by(nodes.a, Road::Second));
        speaker.go_on(50);
        for (const int node : {0, 1}) nodes.primary.set_up(node, true);
        EXPECT_TRUE(goes_by(nodes.a, Road::Primary));
    }
    speaker.go_on(50);
    const auto said = speaker.end();
    EXPECT_TRUE(ear.wait_for(said.back()));
    EXPECT_EQ(ear.heard(), said);
    EXPECT_EQ(ear.gaps(), 0);
    EXPECT_GE(nodes.a.status().switches, 6u);
}

TEST(LinkedBusTest, AServerThatHangsAndWakesRepeatsItselfInVain) {
    TwoNodes nodes;
    BusEar ear(nodes.b, "t");
    Speaker speaker(nodes.a);
    speaker.go_on(50);
    nodes.primary.hang(true);
    EXPECT_TRUE(goes_by(nodes.a, Road::Second));
    speaker.go_on(50);
    nodes.primary.hang(false);
    EXPECT_TRUE(goes_by(nodes.a, Road::Primary));
    const auto said = speaker.end();
    EXPECT_TRUE(ear.wait_for(said.back()));
    EXPECT_EQ(ear.heard(), said);
    EXPECT_GT(nodes.b.status().passed_by, 0u);
}

TEST(LinkedBusTest, OneNodeCutOffFromThePrimaryIsHeardAndHears) {
    TwoNodes nodes;
    BusEar at_a(nodes.a, "t");
    BusEar at_b(nodes.b, "u");
    Speaker speaker(nodes.b);
    speaker.go_on(50);
    nodes.primary.set_up(1, false);
    for (int i = 0; i < 200; ++i) nodes.a.publish("u", std::to_string(i));
    EXPECT_TRUE(at_b.wait_for("199"));
    speaker.go_on(50);
    EXPECT_EQ(nodes.a.status().active, Road::Primary) << "it has not lost anything";
    EXPECT_EQ(nodes.b.status().active, Road::Second);
    nodes.primary.set_up(1, true);
    EXPECT_TRUE(goes_by(nodes.b, Road::Primary));
    const auto said = speaker.end();
    EXPECT_TRUE(at_a.wait_for(said.back()));
    EXPECT_EQ(at_a.heard(), said);
    EXPECT_EQ(at_b.heard().size(), 200u);
}

TEST(LinkedBusTest, NodesWithDifferentPrimariesMeetOnTheSecond) {
    // An old master came back, and one node follows it.
    SystemClock clock;
    SystemRandom random;
    TwinRoad old_master;
    TwinRoad new_master;
    TwinRoad second;
    LinkedBus a(clock, random, old_master.link(), second.link(), quick());
    LinkedBus b(clock, random, new_master.link(), second.link(), quick());
    a.start();
    b.start();
    EXPECT_TRUE(goes_by(a, Road::Second));
    EXPECT_TRUE(goes_by(b, Road::Second));
    BusEar ear(b, "t");
    a.publish("t", "x");
    EXPECT_TRUE(ear.wait_for("x"));
}

TEST(LinkedBusTest, WithOneRoadWhatAPeerMissedWhileItWasAwayIsSaidAgain) {
    TwoNodes nodes(false);
    BusEar ear(nodes.b, "t");
    nodes.primary.set_up(1, false);
    nodes.a.publish("t", "1");
    nodes.a.publish("t", "2");
    EXPECT_TRUE(wait_until([&] { return nodes.a.status().waiting == 0; }, 10s));
    nodes.primary.set_up(1, true);
    EXPECT_TRUE(ear.wait_for("2"));
    EXPECT_EQ(ear.heard(), (std::vector<std::string>{"1", "2"}));
}

TEST(LinkedBusTest, WhatWasMissedForTooLongIsAGap) {
    auto options = quick();
    options.outbox.keep = 0ms;
    TwoNodes nodes(false, options);
    BusEar ear(nodes.b, "t");
    nodes.a.publish("t", "before");
    EXPECT_TRUE(ear.wait_for("before"));
    const int gaps = ear.gaps();
    nodes.primary.set_up(1, false);
    nodes.a.publish("t", "lost");
    nodes.a.publish("t", "lost");
    // The road is confirmed to have taken them before the receiver is back.
    EXPECT_TRUE(wait_until([&] { return nodes.a.status().waiting == 0; }, 10s));
    nodes.primary.set_up(1, true);
    EXPECT_TRUE(ear.wait_for_gaps(gaps + 1));
    EXPECT_EQ(nodes.b.status().lost, 2u);
    nodes.a.publish("t", "after");
    EXPECT_TRUE(ear.wait_for("after"));
    EXPECT_EQ(ear.heard(), (std::vector<std::string>{"before", "after"}));
}

TEST(LinkedBusTest, APartThatDoesNotKeepUpHasAGap) {
    TwoNodes nodes;
    BusEar ear(nodes.a, "u");
    const int gaps = ear.gaps();
    net::io_context stuck(1);
    const auto ignore = [](const std::string&) {};
    const auto ticket = nodes.a.subscribe("t", stuck.get_executor(), ignore);
    for (std::size_t i = 0; i <= MemoryBus::Options().max_waiting; ++i) nodes.a.publish("t", "x");
    EXPECT_TRUE(ear.wait_for_gaps(gaps + 1));
    EXPECT_GT(nodes.a.status().dropped, 0u);
    EXPECT_GT(nodes.a.status().gaps, 0u);
}

TEST(LinkedBusTest, WhoWatchesIsToldOfEachChange) {
    SystemClock clock;
    SystemRandom random;
    TwinRoad primary;
    TwinRoad second;
    std::mutex mutex;
    std::vector<std::pair<Road, bool>> told;
    LinkedBus bus(clock, random, primary.link(), second.link(), quick());
    bus.set_listener([&](const LinkedBus::Status& status) {
        const std::lock_guard lock(mutex);
        told.emplace_back(status.active, status.connected);
    });
    const auto last = [&] {
        const std::lock_guard lock(mutex);
        return told.empty() ? std::pair(Road::Primary, false) : told.back();
    };
    bus.start();
    EXPECT_TRUE(wait_until([&] { return last() == std::pair(Road::Primary, true); }, 10s));
    primary.set_up(0, false);
    EXPECT_TRUE(wait_until([&] { return last() == std::pair(Road::Second, true); }, 10s));
    second.set_up(0, false);
    EXPECT_TRUE(wait_until([&] { return last() == std::pair(Road::Second, false); }, 10s));
}

TEST(LinkedBusTest, AMessageOverTheBoundIsDroppedAndCounted) {
    auto options = quick();
    options.max_message = 10;
    TwoNodes nodes(true, options);
    BusEar ear(nodes.b, "t");
    nodes.a.publish("t", std::string(11, 'x'));
    nodes.a.publish("t", "short");
    EXPECT_TRUE(ear.wait_for("short"));
    EXPECT_EQ(ear.heard().size(), 1u);
    EXPECT_EQ(nodes.a.status().dropped, 1u);
}

/// A road that says what it carries in any order, and much of it twice.
class MixingLink final : public BusLink {
public:
    explicit MixingLink(std::unique_ptr<BusLink> road) : road_(std::move(road)) {}
    void start(Receiver receiver) override {
        receiver_ = std::move(receiver);
        road_->start({[this](std::string_view bytes) { take(bytes); }, receiver_.connected});
    }
    void stop() override { road_->stop(); }
    void send(Bytes bytes) override { road_->send(std::move(bytes)); }
    Status status() const override { return road_->status(); }

private:
    void take(std::string_view bytes) {
        constexpr std::size_t kMixed = 8;
        kept_.emplace_back(bytes);
        if (kept_.size() % 3 == 0) kept_.emplace_back(bytes);
        if (kept_.size() < kMixed) return;
        std::ranges::shuffle(kept_, random_);
        for (const std::string& each : std::exchange(kept_, {})) receiver_.message(each);
    }

    const std::unique_ptr<BusLink> road_;
    Receiver receiver_;
    std::vector<std::string> kept_;
    std::mt19937 random_{7};
};

TEST(LinkedBusTest, WhatComesTwiceAndInAnyOrderIsHandedOnOnceAndInOrder) {
    SystemClock clock;
    SystemRandom random;
    TwinRoad primary;
    TwinRoad second;
    LinkedBus a(clock, random, primary.link(), second.link(), quick());
    LinkedBus b(clock, random, std::make_unique<MixingLink>(primary.link()),
                std::make_unique<MixingLink>(second.link()), quick());
    a.start();
    b.start();
    ASSERT_TRUE(wait_until([&] { return TwoNodes::met(a) && TwoNodes::met(b); }, 10s));
    BusEar ear(b, "t");
    Speaker speaker(a);
    speaker.go_on(300);
    primary.set_up(0, false);
    speaker.go_on(300);
    primary.set_up(0, true);
    speaker.go_on(300);
    const auto said = speaker.end();
    EXPECT_TRUE(ear.wait_for(said.back()));
    EXPECT_EQ(ear.heard(), said);
    EXPECT_GT(b.status().passed_by, 300u) << "what came again";
}

}  // namespace
}  // namespace syncwatch
