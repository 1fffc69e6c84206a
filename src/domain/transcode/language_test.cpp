#include "domain/transcode/language.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

struct LanguageRow {
    const char* named;
    const char* tag;
};

class LanguageTest : public testing::TestWithParam<LanguageRow> {};

TEST_P(LanguageTest, BecomesItsShortestTag) {
    EXPECT_EQ(language_tag(GetParam().named), GetParam().tag);
}

INSTANTIATE_TEST_SUITE_P(Names, LanguageTest,
                         testing::Values(LanguageRow{"eng", "en"}, LanguageRow{"deu", "de"},
                                         LanguageRow{"ger", "de"}, LanguageRow{"GER", "de"},
                                         LanguageRow{"de", "de"}, LanguageRow{"pt-BR", "pt-BR"},
                                         LanguageRow{"por_BR", "pt-BR"}, LanguageRow{"fil", "fil"},
                                         LanguageRow{"zh-Hant-TW", "zh-Hant-TW"},
                                         LanguageRow{"und", ""}, LanguageRow{"mul", ""},
                                         LanguageRow{"", ""}, LanguageRow{"x", ""},
                                         LanguageRow{"e\"n", ""}, LanguageRow{"en\n", ""},
                                         LanguageRow{"abcdefghi", ""}, LanguageRow{"-en", ""},
                                         LanguageRow{"en-", ""}, LanguageRow{"eng,deu", ""}));

}  // namespace
}  // namespace syncwatch
