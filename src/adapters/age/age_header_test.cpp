#include "adapters/age/age_header.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace syncwatch::age {
namespace {

const std::string kIntro = "age-encryption.org/v1\n";
const std::string kBody(43, 'A');
const std::string kOneKey = "-> X25519 " + kBody + "\n" + kBody + "\n";
const std::string kMac = "--- " + kBody + "\n";

TEST(AgeHeaderTest, KeysAreCounted) {
    const auto one = read_age_header(kIntro + kOneKey + kMac + "payload");
    ASSERT_TRUE(one) << one.error().message;
    EXPECT_EQ(one->recipients, 1u);
    EXPECT_EQ(one->bytes, (kIntro + kOneKey + kMac).size());
    EXPECT_EQ(read_age_header(kIntro + kOneKey + kOneKey + kMac)->recipients, 2u);
    // One whose body ends with its line, as a plugin may write.
    const std::string full = "-> other\n" + std::string(64, 'A') + "\n\n";
    EXPECT_EQ(read_age_header(kIntro + full + kMac)->recipients, 1u);
}

TEST(AgeHeaderTest, WhatIsNoneIsRefused) {
    const std::vector<std::string> wrong{
        "",
        "hello",
        "age-encryption.org/v2\n" + kOneKey + kMac,
        kIntro,
        kIntro + kMac,
        kIntro + kOneKey,
        kIntro + kOneKey + "--- " + kBody,
        kIntro + kOneKey + "--- AAAA\n",
        kIntro + kOneKey + "---" + kBody + "\n",
        kIntro + "-> X25519\n" + std::string(65, 'A') + "\n" + kMac,
        kIntro + "-> X25519\n" + std::string(64, 'A') + "\n" + kMac,
        kIntro + "-> X25519\n" + "A=\n" + kMac,
        kIntro + "-> X25519 \x01\n" + kBody + "\n" + kMac,
        kIntro + "X25519\n" + kBody + "\n" + kMac,
    };
    for (const std::string& each : wrong) {
        const auto read = read_age_header(each);
        ASSERT_FALSE(read) << each;
        EXPECT_EQ(read.error().code, ErrorCode::Corrupt);
    }
    std::string endless = kIntro;
    while (endless.size() < 2 * kMostHeader) endless += kOneKey;
    EXPECT_FALSE(read_age_header(endless + kMac));
}

TEST(AgeHeaderTest, ASizeThatCannotBeIsACut) {
    const AgeHeader header{1, 200};
    for (const std::uint64_t payload : {32u, 33u, 16u + 65552u, 16u + 65552u + 17u}) {
        EXPECT_TRUE(check_size(header, 200 + payload)) << payload;
    }
    for (const std::uint64_t payload : {0u, 16u, 31u, 16u + 65552u + 1u, 16u + 65552u + 16u}) {
        EXPECT_FALSE(check_size(header, 200 + payload)) << payload;
    }
    EXPECT_FALSE(check_size(header, 10));
}

}  // namespace
}  // namespace syncwatch::age
