#include "adapters/redis_backup/info.h"

#include <gtest/gtest.h>

namespace syncwatch::redis {
namespace {

TEST(RedisInfoTest, FieldsAndDatabasesAreRead) {
    const Info info(
        "# Server\r\nredis_version:7.0.15\r\nloading:0\r\n\r\n# Keyspace\r\n"
        "db0:keys=2,expires=0,avg_ttl=0\r\ndb12:keys=70000,expires=3,avg_ttl=9,subexpiry=0\r\n");
    EXPECT_EQ(info.text("redis_version"), "7.0.15");
    EXPECT_EQ(info.text("nothing"), "");
    EXPECT_EQ(info.number("loading"), 0);
    EXPECT_EQ(info.number("redis_version"), std::nullopt);
    const std::map<unsigned, Info::Database> expected{{0, {2, 0}}, {12, {70'000, 3}}};
    EXPECT_EQ(info.databases(), expected);
    EXPECT_EQ(info.keys(), 70'002U);
}

TEST(RedisInfoTest, NonsenseIsNothing) {
    for (const char* text : {"", ":", "::::", "db:keys=1", "dbx:keys=1", "db99999999999:keys=1",
                             "db1", "\n\n\n", "# db1:keys=3", "db1keys=3"}) {
        EXPECT_TRUE(Info(text).databases().empty()) << text;
    }
    EXPECT_EQ(Info("db1:keysx=5,keys").databases().at(1).keys, 0U);
}

}  // namespace
}  // namespace syncwatch::redis
