#include "protocol/tus/tus.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace syncwatch::tus {
namespace {

using Metadata = std::map<std::string, std::string>;

TEST(TusTest, NumbersAreDigitsAndNothingElse) {
    EXPECT_EQ(parse_number("0").value(), 0u);
    EXPECT_EQ(parse_number("0012").value(), 12u);
    EXPECT_EQ(parse_number("9223372036854775807").value(), 9223372036854775807u);
    for (const char* wrong : {"", "-1", "+1", " 1", "1 ", "1.5", "0x10", "1e3", "one",
                              "9223372036854775808", "99999999999999999999999"}) {
        const auto refused = parse_number(wrong);
        ASSERT_FALSE(refused) << wrong;
        EXPECT_EQ(refused.error().reason, "bad_request");
    }
}

TEST(TusTest, MetadataIsKeysWithBase64) {
    EXPECT_EQ(parse_metadata("").value(), Metadata());
    EXPECT_EQ(parse_metadata("filename RmlsbS5ta3Y=").value(),
              (Metadata{{"filename", "Film.mkv"}}));
    EXPECT_EQ(parse_metadata("filename RmlsbS5ta3Y=,is_confidential").value(),
              (Metadata{{"filename", "Film.mkv"}, {"is_confidential", ""}}));
    EXPECT_EQ(parse_metadata(" a YQ== , b  Yg== ").value(), (Metadata{{"a", "a"}, {"b", "b"}}));
    const std::string odd = "a\n\"'../\xf0\x9f\x94\xa5";
    EXPECT_EQ(parse_metadata("filename " + encode_base64(as_bytes(odd))).value(),
              (Metadata{{"filename", odd}}));
    EXPECT_EQ(parse_metadata("empty ").value(), (Metadata{{"empty", ""}}));
}

TEST(TusTest, MetadataThatIsBrokenIsRefused) {
    for (const std::string& wrong :
         {std::string(","), std::string("a YQ==,,b Yg=="), std::string("a YQ==,a Yg=="),
          std::string("a !!!"), std::string("a YQ"), std::string("ü YQ=="),
          std::string("a\x01 YQ=="), "a " + std::string(5000, 'A')}) {
        EXPECT_FALSE(parse_metadata(wrong)) << wrong;
    }
}

TEST(TusTest, ChecksumsAreSha1OrSha256) {
    const auto sha1 = parse_checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=");
    ASSERT_TRUE(sha1);
    EXPECT_EQ(sha1->algorithm, Digest::Algorithm::Sha1);
    EXPECT_EQ(encode_hex(sha1->sum), "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed");
    const auto sha256 = parse_checksum("SHA256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    ASSERT_TRUE(sha256);
    EXPECT_EQ(sha256->algorithm, Digest::Algorithm::Sha256);
    for (const char* wrong : {"", "sha1", "sha1 ", "md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha1 !!!!",
                              "sha1 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
                              "sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0="}) {
        EXPECT_FALSE(parse_checksum(wrong)) << wrong;
    }
}

TEST(TusTest, TheMediaTypeIsKnownWhateverItsCase) {
    EXPECT_TRUE(is_upload_type("application/offset+octet-stream"));
    EXPECT_TRUE(is_upload_type("Application/Offset+Octet-Stream; charset=x"));
    for (const char* other : {"", "application/octet-stream", "application/offset"}) {
        EXPECT_FALSE(is_upload_type(other)) << other;
    }
}

}  // namespace
}  // namespace syncwatch::tus
