#include "adapters/turn/turn_ice_provider.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

const UserId kUser = UserId::parse("01a20e17-16c0-78dd-9067-fe74d130f0ae").value();
const WallTime kNow = from_micros(1'790'000'000'000'000);

TEST(TurnIceProviderTest, TurnServersShareOneCredentialAndStunNeedsNone) {
    TurnIceProvider::Options options;
    options.servers = {"turn:a.example:3478?transport=udp", "stun:s.example",
                       "turns:a.example:5349"};
    options.secret = [] { return "north"; };
    options.lifetime = 1h;
    const IceServers given = TurnIceProvider(options).servers_for(kUser, kNow);
    EXPECT_EQ(given.expires_at, kNow + 1h);
    ASSERT_EQ(given.servers.size(), 2u);
    EXPECT_EQ(given.servers[0].urls, (std::vector<std::string>{"stun:s.example"}));
    EXPECT_EQ(given.servers[0].username, "");
    EXPECT_EQ(given.servers[1].urls, (std::vector<std::string>{"turn:a.example:3478?transport=udp",
                                                               "turns:a.example:5349"}));
    EXPECT_EQ(given.servers[1].username, "1790003600:01a20e17-16c0-78dd-9067-fe74d130f0ae");
    // printf %s USERNAME | openssl dgst -sha1 -hmac north -binary | base64
    EXPECT_EQ(given.servers[1].credential, "gNVCiQkOwQ500jMNSS5NGI/nOZA=");
}

TEST(TurnIceProviderTest, ASecretThatWasReplacedIsUsedAtOnce) {
    std::string secret = "south";
    TurnIceProvider::Options options;
    options.servers = {"turn:a.example:3478"};
    options.secret = [&secret] { return secret; };
    options.lifetime = 1h;
    const TurnIceProvider provider(options);
    const auto credential = [&] {
        return provider.servers_for(kUser, kNow).servers.at(0).credential;
    };
    EXPECT_NE(credential(), "gNVCiQkOwQ500jMNSS5NGI/nOZA=");
    secret = "north";
    EXPECT_EQ(credential(), "gNVCiQkOwQ500jMNSS5NGI/nOZA=");
}

TEST(TurnIceProviderTest, WithoutServersThereIsNothingToGive) {
    EXPECT_TRUE(TurnIceProvider({}).servers_for(kUser, kNow).servers.empty());
}

}  // namespace
}  // namespace syncwatch
