// docs/security.md and docs/recovery/bad-luck.md name the tests that show what they say; and what
// of the first the sources alone show.

#include <filesystem>
#include <regex>

#include <gtest/gtest.h>

#include "tidy/source_tree.h"

namespace syncwatch::tidy {
namespace {

namespace fs = std::filesystem;

std::string joined(const SourceFile& file) {
    std::string text;
    for (const std::string& line : file.lines) text += line + "\n";
    return text;
}

/// "Suite.Name" of every C++ test there is.
std::set<std::string> tests_there_are() {
    const std::regex test(R"(\n(?:TYPED_)?TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\))");
    std::set<std::string> found;
    for (const SourceFile& file : read_sources({"src", "tests"})) {
        const std::string text = joined(file);
        for (std::sregex_iterator it(text.begin(), text.end(), test), end; it != end; ++it) {
            found.insert((*it)[1].str() + "." + (*it)[2].str());
        }
    }
    return found;
}

/// Cells of the rows of a document's tables, heads and rulers left out.
std::vector<std::vector<std::string>> rows_of(const std::string& document) {
    std::vector<std::vector<std::string>> rows;
    std::istringstream lines(document);
    for (std::string line; std::getline(lines, line);) {
        // The ruler shows that it was a head.
        if (line.starts_with("|---") && !rows.empty()) rows.pop_back();
        if (!line.starts_with("| ")) continue;
        std::vector<std::string> cells;
        std::istringstream in(line.substr(1));
        for (std::string cell; std::getline(in, cell, '|');) cells.push_back(cell);
        rows.push_back(std::move(cells));
    }
    return rows;
}

std::string project_file(const std::string& path) {
    return std::string(SW_SOURCE_ROOT) + "/" + path;
}

/// In the last of so many cells of each line.
void expect_tests_that_exist(const std::string& page, std::size_t columns) {
    const std::set<std::string> tests = tests_there_are();
    const auto rows = rows_of(read_text(page));
    EXPECT_GT(rows.size(), 40u);
    const std::regex quoted("`([^`]+)`");
    for (const auto& cells : rows) {
        ASSERT_EQ(cells.size(), columns) << cells.front();
        const std::string& shown = cells.back();
        int named = 0;
        for (std::sregex_iterator it(shown.begin(), shown.end(), quoted), end; it != end;
             ++it, ++named) {
            const std::string name = (*it)[1];
            const bool is_path = name.find('/') != std::string::npos;
            EXPECT_TRUE(is_path ? fs::exists(project_file(name)) : tests.contains(name)) << name;
        }
        EXPECT_GT(named, 0) << "nothing shows:" << cells.front();
    }
}

TEST(SecurityTest, EveryLineOfTheDocumentNamesTestsThatExist) {
    expect_tests_that_exist("docs/security.md", 3);
}

TEST(BadLuckPageTest, EveryLineNamesTestsThatExist) {
    expect_tests_that_exist("docs/recovery/bad-luck.md", 4);
}

TEST(SecurityTest, ThePageHasNoScriptOfItsOwn) {
    const std::string page = read_text("web/index.html");
    const std::regex script("<script\\b([^>]*)>\\s*</script>");
    int scripts = 0;
    for (std::sregex_iterator it(page.begin(), page.end(), script), end; it != end; ++it) {
        EXPECT_NE((*it)[1].str().find("src=\"/"), std::string::npos) << (*it)[0];
        ++scripts;
    }
    EXPECT_EQ(scripts, 1);
    for (const char* inlined : {"<style", " style=", " onload=", " onerror=", " onclick=",
                                "javascript:", "http:", "https:"}) {
        EXPECT_EQ(page.find(inlined), std::string::npos) << inlined;
    }
    const std::regex any_script("<script");
    EXPECT_EQ(std::distance(std::sregex_iterator(page.begin(), page.end(), any_script),
                            std::sregex_iterator()),
              scripts);
}

TEST(SecurityTest, TheWebAppWritesNoMarkupFromText) {
    int files = 0;
    for (const auto& each : fs::recursive_directory_iterator(project_file("web/src"))) {
        const std::string extension = each.path().extension().string();
        if (extension != ".ts" && extension != ".svelte") continue;
        ++files;
        const std::string path = fs::relative(each.path(), project_file("")).generic_string();
        const std::string text = read_text(path);
        for (const char* way : {"{@html", "innerHTML =", "outerHTML =", "insertAdjacentHTML",
                                "document.write", "eval(", "new Function(", "srcdoc"}) {
            EXPECT_EQ(text.find(way), std::string::npos) << path << ": " << way;
        }
    }
    EXPECT_GT(files, 100);
}

}  // namespace
}  // namespace syncwatch::tidy
