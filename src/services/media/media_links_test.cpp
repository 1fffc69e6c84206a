#include "services/media/media_links.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using Opens = MediaLinks::Opens;

KeyStore::Key key_of(std::uint8_t byte) {
    KeyStore::Key key{};
    key.fill(byte);
    return key;
}

class MediaLinksTest : public testing::Test {
protected:
    static std::string token_in(const std::string& base) {
        return base.substr(7, base.find('/', 7) - 7);
    }

    const VideoId video_ = VideoId::parse("01900000-0000-7000-8000-000000000001").value();
    const VideoId other_ = VideoId::parse("01900000-0000-7000-8000-000000000002").value();
    const WallTime now_ = from_micros(1'790'000'000'000'000);
    const MediaLinks links_{key_of(1)};
};

TEST_F(MediaLinksTest, AnAddressIsGoodForThreeDaysAndThenNoMore) {
    const auto link = links_.sign(video_, now_);
    EXPECT_TRUE(link.base.ends_with("/" + video_.text()));
    const std::string token = token_in(link.base);
    EXPECT_GE(link.until - now_, 72h);
    EXPECT_LE(link.until - now_, 84h);
    EXPECT_TRUE(links_.allows(token, video_, Opens::Film, now_));
    EXPECT_TRUE(links_.allows(token, video_, Opens::Film, link.until - 1us));
    EXPECT_FALSE(links_.allows(token, video_, Opens::Film, link.until));
}

TEST_F(MediaLinksTest, AnAddressStaysTheSameForHours) {
    const WallTime noon = std::chrono::floor<std::chrono::days>(now_) + 12h;
    EXPECT_EQ(links_.sign(video_, noon).base, links_.sign(video_, noon + 12h - 1us).base);
    EXPECT_NE(links_.sign(video_, noon).base, links_.sign(video_, noon + 12h).base);
}

TEST_F(MediaLinksTest, ATokenIsForOneVideoAndFromOneInstallation) {
    const std::string token = token_in(links_.sign(video_, now_).base);
    EXPECT_FALSE(links_.allows(token, other_, Opens::Film, now_));
    EXPECT_FALSE(MediaLinks(key_of(2)).allows(token, video_, Opens::Film, now_));
    EXPECT_TRUE(MediaLinks(key_of(1)).allows(token, video_, Opens::Film, now_));
}

TEST_F(MediaLinksTest, APostersAddressOpensThePosterAlone) {
    const std::string film = token_in(links_.sign(video_, now_).base);
    const std::string poster = token_in(links_.sign(video_, now_, Opens::Poster).base);
    EXPECT_TRUE(links_.allows(film, video_, Opens::Poster, now_));
    EXPECT_TRUE(links_.allows(poster, video_, Opens::Poster, now_));
    EXPECT_FALSE(links_.allows(poster, video_, Opens::Film, now_));
    EXPECT_FALSE(links_.allows(poster, other_, Opens::Poster, now_));
    auto bytes = decode_base64url(poster).value();
    bytes[0] = 1;
    EXPECT_FALSE(links_.allows(encode_base64url(bytes), video_, Opens::Film, now_));
}

TEST_F(MediaLinksTest, NoChangedTokenIsBelieved) {
    const std::string token = token_in(links_.sign(video_, now_).base);
    auto bytes = decode_base64url(token).value();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] ^= 1;
        EXPECT_FALSE(links_.allows(encode_base64url(bytes), video_, Opens::Film, now_)) << i;
        bytes[i] ^= 1;
    }
    for (const std::string& wrong :
         {std::string(), std::string("x"), token + "A", token.substr(1), std::string(50, 'A'),
          std::string(50, '!'), std::string(5000, 'A')}) {
        EXPECT_FALSE(links_.allows(wrong, video_, Opens::Film, now_)) << wrong;
    }
}

}  // namespace
}  // namespace syncwatch
