#include "services/nodes/node_names.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "adapters/memory/memory_bus.h"
#include "harness/manual_clock.h"
#include "harness/seeded_random.h"
#include "ports/topics.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

class NodeNamesTest : public testing::Test {
protected:
    /// The node and all others say who they are; everybody hears it.
    void say(std::initializer_list<NodeNames*> nodes) {
        for (NodeNames* each : nodes) each->say();
        context_.restart();
        context_.run();
    }

    net::io_context context_;
    ManualClock clock_;
    SeededRandom random_;
    MemoryBus bus_;
    NodeNames here_{clock_, random_, bus_, {"a", 3s}};
    std::unique_ptr<Bus::Subscription> hears_ = here_.listen(context_.get_executor());
};

TEST_F(NodeNamesTest, AnotherOfTheSameNameIsNoticedAndForgottenWhenItIsGone) {
    NodeNames twin(clock_, random_, bus_, {"a", 3s});
    for (int i = 0; i < 2; ++i) {
        say({&here_, &twin});
        EXPECT_EQ(here_.shared(), i == 1) << "once is no proof";
        clock_.advance(3s);
    }
    clock_.advance(13s);
    EXPECT_FALSE(here_.shared());
}

TEST_F(NodeNamesTest, OthersAndItselfAreNobodyToWarnOf) {
    NodeNames other(clock_, random_, bus_, {"b", 3s});
    for (int i = 0; i < 5; ++i) {
        say({&here_, &other});
        bus_.publish(topics::kNodes, i % 2 == 0 ? "{" : R"({"name":"a"})");
        clock_.advance(3s);
    }
    EXPECT_FALSE(here_.shared());
}

TEST_F(NodeNamesTest, WhatAKilledNodeSaidLastMayComeLateToTheOneInItsPlace) {
    NodeNames before(clock_, random_, bus_, {"a", 3s});
    for (int i = 0; i < 4; ++i) say({&before});
    EXPECT_FALSE(here_.shared());
}

}  // namespace
}  // namespace syncwatch
