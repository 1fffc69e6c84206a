#include "gateway/media/segment_redirects.h"

#include <gtest/gtest.h>

#include "harness/manual_clock.h"

namespace syncwatch::http {
namespace {

using namespace std::chrono_literals;

class SegmentRedirectsTest : public testing::Test {
protected:
    std::optional<std::string> ask(const std::string& client, const std::string& key) {
        return redirects_.address_for(client, key);
    }

    bool store_is_there_ = true;
    ManualClock clock_;
    SegmentRedirects redirects_{[this](const std::string& key) -> std::optional<std::string> {
                                    if (!store_is_there_) return std::nullopt;
                                    return "https://store/" + key;
                                },
                                clock_,
                                {.soon = 30s, .capacity = 3}};
};

TEST_F(SegmentRedirectsTest, APlayerIsSentToTheStoreAndServedHereWhenItComesBackSoon) {
    EXPECT_EQ(ask("ada", "a"), "https://store/a");
    EXPECT_EQ(ask("ada", "a"), std::nullopt);
    EXPECT_EQ(ask("ada", "b"), "https://store/b");
    EXPECT_EQ(ask("bo", "a"), "https://store/a");
    clock_.advance(30s);
    EXPECT_EQ(ask("ada", "a"), "https://store/a");
}

TEST_F(SegmentRedirectsTest, WithoutTheStorePlayersAreServedHere) {
    store_is_there_ = false;
    EXPECT_EQ(ask("ada", "a"), std::nullopt);
}

TEST_F(SegmentRedirectsTest, WhatIsRememberedIsBounded) {
    for (const char* key : {"a", "b", "c", "d"}) EXPECT_TRUE(ask("ada", key));
    EXPECT_TRUE(ask("ada", "a")) << "forgotten";
    EXPECT_FALSE(ask("ada", "d"));
}

}  // namespace
}  // namespace syncwatch::http
