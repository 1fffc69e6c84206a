// docs/commands.md says what the program ends with.

#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tidy/source_tree.h"

namespace syncwatch::tidy {
namespace {

std::set<int> numbers_in(const std::string& text, const char* pattern) {
    const std::regex number(pattern);
    std::set<int> all;
    for (std::sregex_iterator it(text.begin(), text.end(), number), end; it != end; ++it) {
        all.insert(std::stoi((*it)[1]));
    }
    return all;
}

TEST(CommandsTest, EveryExitCodeIsInTheDocumentAndNoOther) {
    std::set<int> codes =
        numbers_in(read_text("src/apps/command/failure.h"), R"(\n    [A-Z]\w+ = (\d+),)");
    // PostgreSQL sees 1 instead.
    EXPECT_EQ(codes.erase(125), 1u);
    EXPECT_EQ(codes.size(), 14u);
    EXPECT_EQ(numbers_in(read_text("docs/commands.md"), R"(\n\| (\d+) \| \w)"), codes);
}

}  // namespace
}  // namespace syncwatch::tidy
