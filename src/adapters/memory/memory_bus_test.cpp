#include "adapters/memory/memory_bus.h"

#include <gtest/gtest.h>

#include "contract/bus_contract.h"

namespace syncwatch {
namespace {

struct MadeMemoryBus {
    Bus& publisher() { return bus; }
    Bus& receiver() { return bus; }
    MemoryBus bus;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, BusContract, MadeMemoryBus);

TEST(MemoryBusTest, AReceiverThatDoesNotReadLosesTheNewestAndTheyAreCounted) {
    MemoryBus::Options options;
    options.max_waiting = 3;
    MemoryBus bus(options);
    net::io_context context(1);
    std::vector<std::string> heard;
    auto keep = [&heard](const std::string& payload) { heard.push_back(payload); };
    const auto ticket = bus.subscribe("t", context.get_executor(), std::move(keep));
    for (const char* payload : {"1", "2", "3", "4", "5"}) bus.publish("t", payload);
    context.run();
    EXPECT_EQ(heard, (std::vector<std::string>{"1", "2", "3"}));
    EXPECT_EQ(bus.dropped(), 2u);
}

TEST(MemoryBusTest, ThreadsMayPublishAndSubscribeAtOnce) {
    MemoryBus bus;
    net::io_context context(1);
    std::atomic<int> heard{0};
    auto count = [&heard](const std::string&) { ++heard; };
    const auto ticket = bus.subscribe("t", context.get_executor(), std::move(count));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&bus] {
            for (int i = 0; i < 500; ++i) bus.publish("t", "x");
        });
    }
    for (auto& thread : threads) thread.join();
    context.run();
    EXPECT_EQ(heard, 2000);
}

}  // namespace
}  // namespace syncwatch
