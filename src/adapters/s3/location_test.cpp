#include "adapters/s3/location.h"

#include <gtest/gtest.h>

namespace syncwatch::s3 {
namespace {

TEST(LocationTest, ReadsAWholeOne) {
    const auto location = Location::parse(
        "s3:https://objects.example:9000/films/party/one?region=eu-1&style=virtual&ca=/etc/ca.pem");
    ASSERT_TRUE(location) << location.error().message;
    EXPECT_EQ(location->scheme, "https");
    EXPECT_EQ(location->host, "objects.example:9000");
    EXPECT_EQ(location->bucket, "films");
    EXPECT_EQ(location->prefix, "party/one/");
    EXPECT_EQ(location->region, "eu-1");
    EXPECT_EQ(location->style, Style::Virtual);
    EXPECT_EQ(location->ca_file, "/etc/ca.pem");
}

TEST(LocationTest, LittleIsEnough) {
    const auto location = Location::parse("s3:https://h/abc").value();
    EXPECT_EQ(location.prefix, "");
    EXPECT_EQ(location.region, "us-east-1");
    EXPECT_EQ(location.style, Style::Path);
    EXPECT_EQ(Location::parse("s3:https://h/abc/").value().prefix, "");
    EXPECT_EQ(Location::parse("s3:https://h/abc/d/").value().prefix, "d/");
}

TEST(LocationTest, TheSchemesOwnPortIsNotSaidBecauseItIsNotSigned) {
    EXPECT_EQ(Location::parse("s3:https://h:443/abc").value().host, "h");
    EXPECT_EQ(Location::parse("s3:http://h:80/abc").value().host, "h");
    EXPECT_EQ(Location::parse("s3:http://h:443/abc").value().host, "h:443");
}

TEST(LocationTest, TheBucketStandsInThePathOrBeforeTheHost) {
    auto location = Location::parse("s3:https://h/abc").value();
    EXPECT_EQ(location.asked_host(), "h");
    EXPECT_EQ(location.path_of("k/x"), "/abc/k/x");
    EXPECT_EQ(location.path_of(""), "/abc");
    location.style = Style::Virtual;
    EXPECT_EQ(location.asked_host(), "abc.h");
    EXPECT_EQ(location.path_of("k/x"), "/k/x");
    EXPECT_EQ(location.path_of(""), "/");
}

TEST(LocationTest, RefusesWhatItDoesNotKnow) {
    for (const char* wrong : {"",
                              "s3:",
                              "https://h/abc",
                              "s3:h/abc",
                              "s3:ftp://h/abc",
                              "s3:https://",
                              "s3:https:///abc",
                              "s3:https://h",
                              "s3:https://h/",
                              "s3:https://h/ab",
                              "s3:https://h/Abc",
                              "s3:https://h/-abc",
                              "s3:https://h/a..c",
                              "s3:https://H/abc",
                              "s3:https://h:/abc",
                              "s3:https://h:0/abc",
                              "s3:https://h:65536/abc",
                              "s3:https://h:80x/abc",
                              "s3:https://u:p@h/abc",
                              "s3:https://h/abc//d",
                              "s3:https://h/abc/../d",
                              "s3:https://h/abc/d e",
                              "s3:https://h/abc?",
                              "s3:https://h/abc?region=",
                              "s3:https://h/abc?region",
                              "s3:https://h/abc?style=other",
                              "s3:https://h/abc?ca=relative",
                              "s3:https://h/abc?x=y",
                              "s3:https://h/abc?region=a&&style=path",
                              "s3:https://h/abc#x"}) {
        const auto refused = Location::parse(wrong);
        ASSERT_FALSE(refused) << wrong;
        EXPECT_EQ(refused.error().code, ErrorCode::InvalidInput);
    }
}

}  // namespace
}  // namespace syncwatch::s3
