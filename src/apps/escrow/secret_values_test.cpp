#include "apps/escrow/secret_values.h"

#include <vector>

#include <gtest/gtest.h>

namespace syncwatch::apps {
namespace {

TEST(SecretValuesTest, WhatLooksLikeASecretIsTakenOut) {
    struct Case {
        const char* text;
        const char* left;
    };
    const std::vector<Case> cases{
        {"url = \"postgres://sw:pa55@db1,db2/sw\"", "url = \"postgres://sw:REDACTED@db1,db2/sw\""},
        {"# url = 'redis://:pa55@host:6379/0'", "# url = 'redis://:REDACTED@host:6379/0'"},
        {"sentinel://sw:p@55@h1,h2/films", "sentinel://sw:REDACTED@h1,h2/films"},
        {"postgres://sw@db/sw?password=pa55&sslmode=require",
         "postgres://sw@db/sw?password=REDACTED&sslmode=require"},
        {"#password = \"pa 55\" # old", "#password = \"REDACTED\" # old"},
        {"Environment=SYNCWATCH_ICE_TURN_SECRET=abc\n",
         "Environment=SYNCWATCH_ICE_TURN_SECRET=REDACTED\n"},
        {"Environment=\"SYNCWATCH_METRICS_TOKEN=abc def\"",
         "Environment=\"SYNCWATCH_METRICS_TOKEN=REDACTED def\""},
        {"static-auth-secret=abc", "static-auth-secret=REDACTED"},
        {"password = ", "password = "},
        // What is none stays.
        {"password_file = \"/etc/syncwatch/database-password\"",
         "password_file = \"/etc/syncwatch/database-password\""},
        {"url = \"postgres://sw@db/sw\"", "url = \"postgres://sw@db/sw\""},
        {"see https://films.example:8443/a@b", "see https://films.example:8443/a@b"},
        {"https://films.example/?to=someone@films.example:80",
         "https://films.example/?to=someone@films.example:80"},
        {"key = \"/etc/key.pem\"", "key = \"/etc/key.pem\""},
        {"", ""},
    };
    for (const Case& each : cases) {
        EXPECT_EQ(SecretValues().take_out(each.text), each.left);
        EXPECT_EQ(SecretValues().take_out(each.left), each.left) << "twice is once";
    }
}

TEST(SecretValuesTest, WhatIsKnownIsFoundWhereverItStands) {
    SecretValues secrets;
    secrets.add("hun/ter2");
    secrets.add("ter2-and-more");
    secrets.add("abc");
    secrets.add_url("postgres://sw:p%40ss%2Fword@db/sw");
    EXPECT_EQ(secrets.take_out("say hun/ter2, hun%2Fter2"), "say REDACTED, REDACTED");
    EXPECT_EQ(secrets.take_out("p@ss/word"), "REDACTED");
    EXPECT_EQ(secrets.take_out("hun/ter2-and-more"), "REDACTED") << "both overlap";
    EXPECT_EQ(secrets.take_out("abcdef"), "abcdef") << "too short to mean anything";
    EXPECT_TRUE(secrets.is_in("x hun/ter2"));
    EXPECT_FALSE(secrets.is_in("x hunter"));
}

TEST(SecretValuesTest, EscapesOfUrlsAreUndone) {
    EXPECT_EQ(percent_decoded("a%40b%2fc"), "a@b/c");
    EXPECT_EQ(percent_decoded("100%"), "100%");
    EXPECT_EQ(percent_decoded("%4"), "%4");
    EXPECT_EQ(percent_decoded("%zz%41"), "%zzA");
}

TEST(SecretValuesTest, PrivateKeysAreKnownByWhatIsInThem) {
    EXPECT_TRUE(holds_private_key("-----BEGIN RSA PRIVATE KEY-----\n"));
    EXPECT_TRUE(holds_private_key("# x\nAGE-SECRET-KEY-1QQ"));
    EXPECT_FALSE(holds_private_key("-----BEGIN CERTIFICATE-----\n"));
}

}  // namespace
}  // namespace syncwatch::apps
