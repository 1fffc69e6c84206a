#include "base/encoding.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

TEST(EncodingTest, Base64FollowsTheRfcsVectors) {
    EXPECT_EQ(encode_base64(as_bytes("")), "");
    EXPECT_EQ(encode_base64(as_bytes("f")), "Zg==");
    EXPECT_EQ(encode_base64(as_bytes("foobar")), "Zm9vYmFy");
    EXPECT_EQ(encode_base64url(as_bytes("\xff\xfe?")), "__4_");
}

TEST(EncodingTest, HexComesBackAndAnythingElseIsRefused) {
    const std::vector<std::uint8_t> bytes{0x00, 0x7f, 0xab};
    EXPECT_EQ(encode_hex(bytes), "007fab");
    EXPECT_EQ(decode_hex("007fAB").value(), bytes);
    EXPECT_TRUE(decode_hex("").value().empty());
    for (const char* wrong : {"0", "0g", "00 ", " 00", "0x00", "000"}) {
        EXPECT_FALSE(decode_hex(wrong)) << wrong;
    }
}

TEST(EncodingTest, Base64IsStrict) {
    EXPECT_TRUE(decode_base64("Zg=="));
    EXPECT_FALSE(decode_base64("Zg"));
    EXPECT_FALSE(decode_base64("Zg==\n"));
    EXPECT_FALSE(decode_base64("Z?=="));
    EXPECT_FALSE(decode_base64url("Zg=="));
    EXPECT_EQ(decode_base64("AAEC")->size(), 3u);
}

TEST(EncodingTest, HexIsLowerCase) {
    EXPECT_EQ(encode_hex(as_bytes("\x01\xAB")), "01ab");
}

TEST(EncodingTest, Utf8AcceptsWhatIsWellFormed) {
    for (const char* text : {"", "plain", "grüße", "日本語", "🔥", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_TRUE(is_utf8(text)) << text;
    }
}

TEST(EncodingTest, Utf8RefusesWhatIsNot) {
    for (const char* text : {"\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80",
                             "\xf4\x90\x80\x80", "\xe2\x82", "a\xff"}) {
        EXPECT_FALSE(is_utf8(text));
    }
}

}  // namespace
}  // namespace syncwatch
