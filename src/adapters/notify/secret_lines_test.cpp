#include "adapters/notify/secret_lines.h"

#include <fstream>

#include <gtest/gtest.h>

#include "harness/temp_folder.h"

namespace syncwatch::notify {
namespace {

class SecretLinesTest : public testing::Test {
protected:
    Result<std::vector<std::string>> read(const std::string& text, std::size_t count) {
        const auto file = folder_.path() / "secret";
        std::ofstream(file, std::ios::binary) << text;
        return secret_lines(file.string(), count);
    }
    TempFolder folder_;
};

TEST_F(SecretLinesTest, TheFirstLinesCount) {
    using Lines = std::vector<std::string>;
    EXPECT_EQ(read("key\n", 1).value(), Lines{"key"});
    EXPECT_EQ(read("\n  key \r\nmore\n", 1).value(), Lines{"key"});
    EXPECT_EQ(read("ada@example.org\n#pass word", 2).value(),
              (Lines{"ada@example.org", "#pass word"}));
}

TEST_F(SecretLinesTest, WhatIsNoneIsRefusedAndNotRepeated) {
    for (const std::string& text : {std::string(), std::string("\n\n"), std::string("ke\0y", 4),
                                    std::string("ke\x7fy"), std::string(20'000, 'k')}) {
        const auto lines = read(text, 1);
        ASSERT_FALSE(lines);
        EXPECT_EQ(lines.error().code, ErrorCode::NotFound);
        EXPECT_EQ(lines.error().message.find("ke"), std::string::npos) << lines.error().message;
    }
    EXPECT_FALSE(read("user\n", 2));
    EXPECT_FALSE(secret_lines("/no/such/file", 1));
}

}  // namespace
}  // namespace syncwatch::notify
