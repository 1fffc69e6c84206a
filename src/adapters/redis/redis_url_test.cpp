#include "adapters/redis/redis_url.h"

#include <gtest/gtest.h>

namespace syncwatch::redis {
namespace {

TEST(RedisUrlTest, AddressesAreRead) {
    const std::pair<const char*, Address> rows[] = {
        {"redis://localhost", {{{"localhost", 6379}}, ""}},
        {"redis:localhost", {{{"localhost", 6379}}, ""}},
        {"redis://127.0.0.1:7000/3", {{{"127.0.0.1", 7000}}, "", "", "", 3}},
        {"redis://h/", {{{"h", 6379}}, ""}},
        {"redis://[::1]:7000", {{{"::1", 7000}}, ""}},
        {"redis://[::1]", {{{"::1", 6379}}, ""}},
        {"redis://app@h", {{{"h", 6379}}, "", "app"}},
        {"redis://:secret@h", {{{"h", 6379}}, "", "", "secret"}},
        {"redis://app:p%40ss%3A@h", {{{"h", 6379}}, "", "app", "p@ss:"}},
        {"redis://app:p:a@b@h", {{{"h", 6379}}, "", "app", "p:a@b"}},
        {"sentinel://a,b:7000,c/mymaster", {{{"a", 26379}, {"b", 7000}, {"c", 26379}}, "mymaster"}},
        {"sentinel:a/mymaster/2", {{{"a", 26379}}, "mymaster", "", "", 2}},
        {"rediss://h", {{{"h", 6379}}, "", "", "", 0, true}},
        {"sentinels://a/m", {{{"a", 26379}}, "m", "", "", 0, true}},
        {"sentinel://app@a,b/m", {{{"a", 26379}, {"b", 26379}}, "m", "app"}},
        {"sentinel://app:x@a/m", {{{"a", 26379}}, "m", "app", "x"}},
    };
    for (const auto& [url, address] : rows) {
        const auto read = parse_redis_url(url);
        ASSERT_TRUE(read) << url << ": " << read.error().message;
        EXPECT_EQ(*read, address) << url;
    }
}

TEST(RedisUrlTest, WhatIsOddIsRefusedWithoutSayingThePassword) {
    for (const char* url : {"",
                            "redis",
                            "redis:",
                            "redis://",
                            "http://h",
                            "redisss://h",
                            "redis://h:0",
                            "redis://h:65536",
                            "redis://h:",
                            "redis://h:7:7",
                            "redis://h/x",
                            "redis://h/-1",
                            "redis://h/1/2",
                            "redis://a,b",
                            "redis://h?db=1",
                            "redis://[::1",
                            "redis://[::1]7",
                            "redis://secret%zz@h",
                            "redis://u:secret%4@h",
                            "redis://u:secret%zz@h",
                            "redis://h h",
                            "sentinel://a",
                            "sentinel://a/",
                            "sentinel://a,/m",
                            "sentinel://,a/m",
                            "sentinel://a/m m",
                            "sentinel://u:secret@a/m/x",
                            "sentinel://1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7/m"}) {
        const auto read = parse_redis_url(url);
        ASSERT_FALSE(read) << url;
        EXPECT_EQ(read.error().code, ErrorCode::InvalidInput) << url;
        EXPECT_EQ(read.error().message.find("secret"), std::string::npos) << url;
    }
}

TEST(RedisUrlTest, AnEndpointIsWrittenAsItIsRead) {
    EXPECT_EQ((Endpoint{"h", 1}).text(), "h:1");
    EXPECT_EQ((Endpoint{"::1", 2}).text(), "[::1]:2");
}

}  // namespace
}  // namespace syncwatch::redis
