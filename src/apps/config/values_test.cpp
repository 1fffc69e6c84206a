#include "apps/config/values.h"

#include <gtest/gtest.h>

namespace syncwatch::config {
namespace {

TEST(ValuesTest, RatesAreABurstAndASteadyFlow) {
    EXPECT_EQ(parse_rate("100 at once, 2/s"), (Rate{100, 2}));
    EXPECT_EQ(parse_rate("5 at once,30/m"), (Rate{5, 0.5}));
    for (const char* wrong :
         {"", "2/s", "0 at once, 1/s", "1 at once, 0/s", "1 at once", "1 at once, 1/d"}) {
        EXPECT_FALSE(parse_rate(wrong)) << wrong;
    }
}

TEST(ValuesTest, ListenIsAnAddressAndAPort) {
    using Listen = std::pair<std::string, std::uint16_t>;
    EXPECT_EQ(parse_listen("127.0.0.1:8080"), (Listen{"127.0.0.1", 8080}));
    EXPECT_EQ(parse_listen("[::1]:0"), (Listen{"::1", 0}));
    EXPECT_EQ(parse_listen("localhost:80"), (Listen{"127.0.0.1", 80}));
    EXPECT_EQ(parse_listen(":443"), (Listen{"0.0.0.0", 443}));
    for (const char* wrong : {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80",
                              "[127.0.0.1]:80", "example.org:80", "1.2.3.4:-1", "1.2.3.4:8o"}) {
        EXPECT_FALSE(parse_listen(wrong)) << wrong;
    }
}

TEST(ValuesTest, AnOriginHasNoPath) {
    EXPECT_EQ(parse_origin("https://films.example/"), "https://films.example");
    EXPECT_EQ(parse_origin("http://[::1]:8080"), "http://[::1]:8080");
    for (const char* wrong :
         {"", "films.example", "https://", "https://a/b", "ftp://a", "https://a b"}) {
        EXPECT_FALSE(parse_origin(wrong)) << wrong;
    }
}

TEST(ValuesTest, ATypingErrorFindsWhatWasMeant) {
    const std::vector<std::string_view> names = {"server.listen", "server.threads", "tls.key"};
    EXPECT_EQ(closest("server.lisetn", names), "server.listen");
    EXPECT_EQ(closest("servr.listen", names), "server.listen");
    EXPECT_EQ(closest("tls.kay", names), "tls.key");
    EXPECT_EQ(closest("colour", names), "");
    EXPECT_EQ(closest(std::string(5000, 'x'), names), "");
}

}  // namespace
}  // namespace syncwatch::config
