#include "apps/escrow/bundle_pair.h"

#include <gtest/gtest.h>

namespace syncwatch::apps {
namespace {

recovery::Bundle with_file(const std::string& path, const std::string& text, bool redacted) {
    recovery::Bundle bundle;
    recovery::BundledFile about;
    about.path = path;
    about.redacted = redacted;
    recovery::add_file(bundle, about, text);
    return bundle;
}

TEST(BundlePairTest, WhatOneHasInPartTheOtherHasWholeAndTheSame) {
    struct Case {
        const char* what;
        const char* part;
        const char* whole;
        bool fit;
    };
    const Case cases[] = {
        {"a secret was taken out", "url = \"redis://sw:REDACTED@h\"", "url = \"redis://sw:a@h\"",
         true},
        {"two were", "a=REDACTED b=REDACTED c", "a=1 b=22 c", true},
        {"an empty one", "a=REDACTED;", "a=;", true},
        {"the line before differs", "x\na=REDACTED", "y\na=1", false},
        {"the line between differs", "a=REDACTED b=REDACTED c", "a=1 x=2 c", false},
        {"the end differs", "a=REDACTED b", "a=1 c", false},
        {"more stands behind it", "a=REDACTED\nb", "a=1\nb\n", false},
        {"all of it was left out", "# REDACTED: all of it is in the bundle of secrets.\n",
         "anything", true},
    };
    for (const Case& each : cases) {
        SCOPED_TRACE(each.what);
        const std::string told = difference_between(with_file("/etc/a", each.part, true),
                                                    with_file("/etc/a", each.whole, false));
        EXPECT_EQ(told.empty(), each.fit) << told;
    }
}

TEST(BundlePairTest, AFileThatTheSecretsHaveNotIsOfAnotherTime) {
    const auto config = with_file("/etc/a", "a=REDACTED", true);
    EXPECT_EQ(difference_between(config, with_file("/etc/b", "a=1", false)),
              "/etc/a is in part in one, and not in the other");
    EXPECT_EQ(difference_between(with_file("/etc/a", "no secret", false), {}), "");
}

}  // namespace
}  // namespace syncwatch::apps
