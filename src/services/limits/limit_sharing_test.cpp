#include "services/limits/limit_sharing.h"

#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "adapters/memory/memory_bus.h"
#include "harness/manual_clock.h"
#include "harness/seeded_random.h"
#include "ports/topics.h"

namespace syncwatch {
namespace {

/// Two nodes on one bus, and what the second heard.
class LimitSharingTest : public testing::Test {
protected:
    using Counts = std::vector<std::pair<std::string, int>>;

    LimitSharingTest() {
        here_.serve("calls",
                    [this](const std::string& key, int count) { own_.emplace_back(key, count); });
        there_.serve("calls", [this](const std::string& key, int count) {
            heard_.emplace_back(key, count);
        });
        hears_.push_back(here_.listen(context_.get_executor()));
        hears_.push_back(there_.listen(context_.get_executor()));
    }
    Counts heard() {
        context_.restart();
        context_.run();
        return std::exchange(heard_, {});
    }
    void say(const std::string& payload) { bus_.publish(topics::kLimits, payload); }

    static LimitSharing::Options small() {
        LimitSharing::Options options;
        options.max_keys = 2;
        return options;
    }

    net::io_context context_;
    ManualClock clock_;
    SeededRandom random_;
    MemoryBus bus_;
    LimitSharing here_{clock_, random_, bus_, small()};
    LimitSharing there_{clock_, random_, bus_, small()};
    std::vector<std::unique_ptr<Bus::Subscription>> hears_;
    Counts own_;
    Counts heard_;
};

TEST_F(LimitSharingTest, WhatIsCountedHereIsHeardThereOnceAndNotByOneself) {
    here_.note("calls", "a b", 2);
    here_.note("calls", "a b");
    EXPECT_EQ(heard(), Counts());
    here_.tell();
    EXPECT_EQ(heard(), (Counts{{"a b", 3}}));
    here_.tell();
    EXPECT_EQ(heard(), Counts());
    EXPECT_TRUE(own_.empty());
}

TEST_F(LimitSharingTest, WhatIsForgivenIsForgivenThere) {
    here_.note("calls", "a");
    here_.forgive("calls", "a");
    here_.tell();
    EXPECT_EQ(heard(), (Counts{{"a", 0}}));
}

TEST_F(LimitSharingTest, AFloodOfKeysIsToldInPart) {
    for (const char* key : {"a", "b", "c", "a"}) here_.note("calls", key);
    here_.forgive("calls", "d");
    here_.tell();
    EXPECT_EQ(heard(), (Counts{{"a", 2}, {"b", 1}}));
}

TEST_F(LimitSharingTest, WhatIsDamagedOrUnknownIsPassedBy) {
    for (const char* payload :
         {"", "{", "[]", "{}", R"({"from":1})", R"({"from":"x","lines":{}})",
          R"({"from":"x","lines":[1,[],["calls","a"],["calls",1,1],["calls","a",-1]]})",
          R"({"from":"x","lines":[["calls","a",1.5],["other","a",1]]})"}) {
        say(payload);
        EXPECT_EQ(heard(), Counts()) << payload;
    }
    say(R"({"from":"x","lines":[7,["calls","a",9000000000],["calls","b",1,2]],"more":1})");
    EXPECT_EQ(heard(), (Counts{{"a", 1'000'000}}));
}

}  // namespace
}  // namespace syncwatch
