#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/linked_bus/linked_bus.h"
#include "adapters/postgres_bus/notify_link.h"
#include "adapters/redis/redis_link.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/lab/postgres_server.h"
#include "apps/lab/redis_server.h"
#include "apps/lab/wait.h"
#include "harness/bus_ear.h"
#include "harness/temp_folder.h"

namespace syncwatch::bus_test {

using namespace std::chrono_literals;
using lab::wait_until;

inline constexpr auto kPatience = 60s;

/// A node's end of the bus, with Redis first and PostgreSQL in reserve.
struct Node {
    Node(const std::string& redis_url, const std::string& postgres_url)
        : bus(clock, random, redis_link(redis_url), notify_link(postgres_url), {}) {
        bus.start();
    }
    std::unique_ptr<BusLink> redis_link(const std::string& url) {
        auto address = redis::parse_redis_url(url);
        EXPECT_TRUE(address) << url;
        redis::RedisLink::Options options;
        options.client.address = *std::move(address);
        return std::make_unique<redis::RedisLink>(random, std::move(options));
    }
    std::unique_ptr<BusLink> notify_link(const std::string& url) {
        postgres::NotifyLink::Options options;
        options.url = url;
        return std::make_unique<postgres::NotifyLink>(random, std::move(options));
    }
    /// Both roads work and the other node is heard.
    bool well() const {
        const auto status = bus.status();
        return status.well() && status.primary.fit && status.primary.latency && status.second &&
               status.second->fit && status.second->latency && status.peers == 1;
    }
    bool goes_by(Road road) const { return bus.status().active == road; }

    SystemClock clock;
    SystemRandom random;
    LinkedBus bus;
};

/// One PostgreSQL for the whole program: making one takes a second. Nothing in it is kept.
inline lab::PostgresServer& postgres_server() {
    static const TempFolder folder;
    static const auto made = [] {
        auto server = lab::PostgresServer::make({folder.path() / "pg"});
        EXPECT_TRUE(server) << server.error().message;
        return *std::move(server);
    }();
    return *made;
}

/// Numbers, published every other millisecond by a thread of its own.
class Stream {
public:
    explicit Stream(Bus& bus)
        : thread_([this, &bus](const std::stop_token& stop) {
              while (!stop.stop_requested()) {
                  bus.publish("stream", std::to_string(++said_));
                  std::this_thread::sleep_for(2ms);
              }
          }) {}
    void go_on(std::chrono::milliseconds time) {
        const int until = said_ + static_cast<int>(time / 2ms) / 2;
        EXPECT_TRUE(wait_until([&] { return said_ >= until; }, kPatience));
    }
    /// Ends it and gives the last number.
    int end() {
        thread_ = {};
        return said_;
    }

private:
    std::atomic<int> said_{0};
    std::jthread thread_;
};

/// What a receiver made of a stream.
struct Account {
    std::size_t heard = 0;
    int lost = 0;
    bool once_and_in_order = true;
};
inline Account account(const std::vector<std::string>& heard, int said) {
    Account account;
    account.heard = heard.size();
    int last = 0;
    for (const std::string& each : heard) {
        const int number = std::stoi(each);
        if (number <= last) account.once_and_in_order = false;
        account.lost += std::max(0, number - last - 1);
        last = number;
    }
    account.lost += said - last;
    return account;
}

/// A clock for how long something took, in ms.
class Watch {
public:
    long long ms() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::steady_clock::now() - begin_)
            .count();
    }

private:
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace syncwatch::bus_test
