#include "base/digest.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

TEST(DigestTest, Sha256FollowsTheStandardsVector) {
    EXPECT_EQ(encode_hex(sha256(as_bytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(DigestTest, AStreamedDigestEqualsTheWhole) {
    Digest digest(Digest::Algorithm::Sha256);
    digest.update(as_bytes("a"));
    digest.update(as_bytes("bc"));
    const auto whole = sha256(as_bytes("abc"));
    EXPECT_EQ(digest.finish(), std::vector<std::uint8_t>(whole.begin(), whole.end()));
}

TEST(DigestTest, Sha1FollowsTheStandardsVector) {
    Digest digest(Digest::Algorithm::Sha1);
    digest.update(as_bytes("abc"));
    EXPECT_EQ(encode_hex(digest.finish()), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(DigestTest, HmacFollowsRfc4231) {
    EXPECT_EQ(encode_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(DigestTest, ConstantTimeEqualityAlsoComparesLengths) {
    EXPECT_TRUE(equal_in_constant_time(as_bytes("ab"), as_bytes("ab")));
    EXPECT_FALSE(equal_in_constant_time(as_bytes("ab"), as_bytes("ac")));
    EXPECT_FALSE(equal_in_constant_time(as_bytes("ab"), as_bytes("abc")));
}

}  // namespace
}  // namespace syncwatch
