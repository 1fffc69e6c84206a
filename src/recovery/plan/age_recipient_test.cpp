#include "recovery/plan/age_recipient.h"

#include <string>

#include <gtest/gtest.h>

namespace syncwatch::recovery {
namespace {

/// As age-keygen made it.
const std::string kKey = "age1ckt4tnl9m0lvdjc3cr7n4k5ftf0ta8te2synsksk5plkunyuedpsj0tsxf";

TEST(AgeRecipientTest, WhatAgeKeygenPrintsIsOne) {
    EXPECT_TRUE(is_age_recipient(kKey));
    // From age's own documentation.
    EXPECT_TRUE(is_age_recipient("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"));
}

TEST(AgeRecipientTest, AnyLetterThatIsWrongIsNoticed) {
    for (std::size_t i = 0; i < kKey.size(); ++i) {
        for (const char letter : {'q', 'p', 'z', 'b', '1', ' ', '\0', 'Q'}) {
            std::string wrong = kKey;
            if (wrong[i] == letter) continue;
            wrong[i] = letter;
            EXPECT_FALSE(is_age_recipient(wrong)) << wrong;
        }
    }
}

TEST(AgeRecipientTest, WhatIsNoneIsNone) {
    for (const std::string& each :
         {std::string(), std::string("age1"), kKey.substr(0, kKey.size() - 1), kKey + "q",
          " " + kKey, std::string("AGE-SECRET-KEY-1QQQ"), std::string("ssh-ed25519 AAAA")}) {
        EXPECT_FALSE(is_age_recipient(each)) << each;
    }
}

}  // namespace
}  // namespace syncwatch::recovery
