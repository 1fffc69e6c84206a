#include "recovery/plan/channel.h"

#include <gtest/gtest.h>

namespace syncwatch::recovery {
namespace {

TEST(ChannelTest, AnAddressHasParts) {
    const Address web = address_of("https://hooks.example:8443/T1/secret?x=1");
    EXPECT_EQ(web.scheme, "https");
    EXPECT_EQ(web.place, "hooks.example:8443");
    EXPECT_TRUE(web.has_more);
    EXPECT_FALSE(web.has_user);
    EXPECT_FALSE(web.is_near);
    EXPECT_TRUE(address_of("smtp://ops:word@mail.example").has_user);
    for (const char* near : {"http://127.0.0.1:25/", "smtp://localhost", "http://[::1]:80"}) {
        EXPECT_TRUE(address_of(near).is_near) << near;
        EXPECT_FALSE(address_of(near).has_more) << near;
    }
    EXPECT_FALSE(address_of("http://localhost.example").is_near);
    EXPECT_EQ(address_of("hooks.example").place, "");
}

TEST(ChannelTest, WhatIsShownOfAnAddressIsNoSecretAndTellsTwoApart) {
    EXPECT_EQ(shown_address("smtps://mail.example:465"), "smtps://mail.example:465");
    EXPECT_EQ(shown_address(""), "");
    const std::string first = shown_address("https://hc.example/ping/one");
    EXPECT_TRUE(first.starts_with("https://hc.example/… (")) << first;
    EXPECT_EQ(first.find("one"), std::string::npos);
    EXPECT_NE(first, shown_address("https://hc.example/ping/two"));
    const std::string user = shown_address("https://ada:word@hc.example");
    EXPECT_EQ(user.find("word"), std::string::npos) << user;
}

}  // namespace
}  // namespace syncwatch::recovery
