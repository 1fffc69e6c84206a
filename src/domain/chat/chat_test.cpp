#include "domain/chat/chat.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

std::string times(int count, std::string_view what) {
    std::string out;
    for (int i = 0; i < count; ++i) out += what;
    return out;
}

struct Case {
    const char* name;
    std::string text;
    bool fine;
};

class ChatTextTest : public testing::TestWithParam<Case> {};

TEST_P(ChatTextTest, IsTakenAsItIsOrRefused) {
    const auto taken = valid_chat_text(GetParam().text);
    ASSERT_EQ(taken.has_value(), GetParam().fine);
    if (taken) {
        EXPECT_EQ(*taken, GetParam().text);
    } else {
        EXPECT_EQ(taken.error().fields.front().field, "text");
    }
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ChatTextTest,
    testing::Values(Case{"Plain", "watch the squirrel 12:34", true},
                    Case{"OneCharacter", "k", true}, Case{"Lines", "a\n\tb\r\nc", true},
                    Case{"Emoji", "\xf0\x9f\x91\x80", true},
                    Case{"RightToLeft", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", true},
                    Case{"TwoThousandOfFourBytes", times(2000, "\xf0\x9f\x91\x80"), true},
                    Case{"OneTooMany", times(2001, "x"), false}, Case{"Empty", "", false},
                    Case{"Spaces", "  \n\t ", false},
                    Case{"WideAndInvisibleSpaces", "\xe3\x80\x80\xe2\x80\x8b\xc2\xa0", false},
                    Case{"Nul", std::string("a\0b", 3), false}, Case{"Escape", "a\x1b[31m", false},
                    Case{"Delete", "a\x7f", false}, Case{"C1", "a\xc2\x9b", false},
                    Case{"NotUtf8", "a\xff", false}, Case{"Surrogate", "\xed\xa0\x80", false},
                    Case{"Overlong", "\xc0\xaf", false}),
    [](const auto& row) { return row.param.name; });

TEST(ReactionTest, IsOneEmoji) {
    for (const char* emoji : {"\xf0\x9f\x94\xa5", "\xe2\x9d\xa4\xef\xb8\x8f",
                              "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d"
                              "\xf0\x9f\x91\xa7",
                              "1\xef\xb8\x8f\xe2\x83\xa3"}) {
        EXPECT_TRUE(valid_reaction(emoji)) << emoji;
    }
    for (const std::string& not_one : {std::string(), std::string("a b"), std::string("\n"),
                                       times(17, "\xf0\x9f\x94\xa5"), std::string("\xff")}) {
        EXPECT_FALSE(valid_reaction(not_one)) << not_one;
    }
}

}  // namespace
}  // namespace syncwatch
