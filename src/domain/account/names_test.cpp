#include "domain/account/names.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

TEST(UsernameTest, LettersDigitsAndThreeMarksAreTaken) {
    for (const char* name : {"abc", "A.b-c_9", "x0x", "12345678901234567890123456789012"}) {
        EXPECT_EQ(valid_username(name).value_or(""), name);
    }
}

TEST(UsernameTest, AnythingThatCouldBeMistakenIsRefusedAndNamesItsField) {
    for (const std::string_view name :
         {std::string_view("ab"), std::string_view("123456789012345678901234567890123"),
          std::string_view("a b"), std::string_view("аdmin"),  // a Cyrillic first letter
          std::string_view("adm\0n", 5), std::string_view(".abc"), std::string_view("abc-"),
          std::string_view("a/b"), std::string_view("<b>x"), std::string_view("a\nb")}) {
        const auto refused = valid_username(name);
        ASSERT_FALSE(refused) << name;
        ASSERT_EQ(refused.error().fields.size(), 1u);
        EXPECT_EQ(refused.error().fields[0].field, "username");
    }
}

TEST(UsernameTest, NamesThatDifferInCaseAreTheSame) {
    EXPECT_EQ(username_key("Bo.Peep"), username_key("bO.pEEP"));
}

TEST(PasswordTest, LengthCountsBytesAndNothingElseIsAsked) {
    EXPECT_FALSE(valid_password("1234567"));
    EXPECT_TRUE(valid_password("        "));
    EXPECT_TRUE(valid_password("пароль12"));
    EXPECT_TRUE(valid_password(std::string(1024, 'x')));
    EXPECT_FALSE(valid_password(std::string(1025, 'x')));
    EXPECT_EQ(valid_password("x", "current_password").error().fields[0].field, "current_password");
}

struct NameCase {
    const char* name;
    std::string typed;
    std::string shown;  ///< Empty: refused.
};

class DisplayNameTest : public testing::TestWithParam<NameCase> {};

TEST_P(DisplayNameTest, IsTrimmedOrRefused) {
    EXPECT_EQ(valid_display_name(GetParam().typed).value_or(""), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    Names, DisplayNameTest,
    testing::Values(NameCase{"Plain", "Bo", "Bo"}, NameCase{"Trimmed", " \t Bo Peep \n", "Bo Peep"},
                    NameCase{"WideSpace", "\u3000Bo\u00a0", "Bo"},
                    NameCase{"OtherScripts", "Ирина 雪 नेहा", "Ирина 雪 नेहा"},
                    NameCase{"Emoji", "🔥 Bo", "🔥 Bo"},
                    NameCase{"EmojiFamily", "👩‍👩‍👧", "👩‍👩‍👧"},
                    NameCase{"RightToLeftScript", "שלום", "שלום"}, NameCase{"Empty", "", ""},
                    NameCase{"SpacesAlone", " \u2003 ", ""}, NameCase{"Invisible", "\u200b", ""},
                    NameCase{"JoinersAlone", "\u200d \ufe0f", ""},
                    NameCase{"Persian", "می\u200cخواهم", "می\u200cخواهم"},
                    NameCase{"HangulFiller", "\u3164", ""},
                    NameCase{"DirectionOverride", "Bo\u202Efdp.exe", ""},
                    NameCase{"Isolate", "a\u2067b", ""}, NameCase{"Newline", "a\nb", ""},
                    NameCase{"Escape", "a\x1b[31mb", ""},
                    NameCase{"Nul", std::string("a\0b", 3), ""}, NameCase{"NotUtf8", "a\xff", ""},
                    NameCase{"Overlong", "\xc0\x80", ""},
                    NameCase{"LongestAllowed", std::string(64, 'x'), std::string(64, 'x')},
                    NameCase{"TooLong", std::string(65, 'x'), ""}),
    [](const auto& row) { return row.param.name; });

TEST(DisplayNameLengthTest, CountsCharactersNotBytes) {
    std::string name;
    for (int i = 0; i < 64; ++i) name += "雪";
    EXPECT_TRUE(valid_display_name(name));
    EXPECT_FALSE(valid_display_name(name + "雪"));
}

TEST(PresentableNameTest, WhateverIsGivenBecomesSomethingThatCanBeShown) {
    struct Case {
        std::string given;
        std::string shown;
        std::size_t most = 100;
    };
    const Case cases[] = {
        {"Big Buck Bunny", "Big Buck Bunny"},
        {"  two\n\r\tlines \x01 ", "two lines"},
        {"\"quotes\" & 'more' <b>", "\"quotes\" & 'more' <b>"},
        {"film\u202eGPM.exe", "filmGPM.exe"},
        {"\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f525",
         "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f525"},
        {"Am\xe9lie", "Amélie"},
        {std::string("a\0b", 3), "ab"},
        {"\u2028\u200b \u00ad", ""},
        {"\u200d", ""},
        {"abcdefghijkl", "abcdefghij", 10},
        {"abcdefghi jk", "abcdefghi", 10},
        {"", ""},
    };
    for (const auto& [given, shown, most] : cases)
        EXPECT_EQ(presentable_name(given, most), shown) << given;
}

}  // namespace
}  // namespace syncwatch
