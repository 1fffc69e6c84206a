// What STYLE.md says and a machine can check, over the sources themselves.

#include <algorithm>
#include <regex>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tidy/source_tree.h"

namespace syncwatch::tidy {
namespace {

/// Calls `look(file, line number, line)` for every line of code, comments taken off.
template <class Look>
void each_line(const std::vector<SourceFile>& files, Look look) {
    for (const SourceFile& file : files) {
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::string& line = file.lines[i];
            look(file, i + 1, line.substr(0, line.find("//")));
        }
    }
}

std::string at(const SourceFile& file, std::size_t line) {
    return fmt::format("{}:{}", file.path, line);
}

TEST(TidyTest, LayersIncludeOnlyWhatTheTableAllows) {
    const auto table = layer_table();
    ASSERT_GE(table.size(), 8u);
    const std::regex include(R"re(^#include "(\w+)/)re");
    std::size_t seen = 0;
    each_line(read_sources({"src"}),
              [&](const SourceFile& file, std::size_t number, const std::string& line) {
                  std::smatch found;
                  if (file.is_test() || !std::regex_search(line, found, include)) return;
                  const auto row = table.find(file.layer());
                  if (row == table.end()) return;  // third_party has no rules of its own
                  ++seen;
                  EXPECT_TRUE(row->second.contains(found[1]))
                      << at(file, number) << ": " << file.layer() << " may not include " << found[1]
                      << " (cmake/module.cmake)";
              });
    EXPECT_GT(seen, 100u);
}

TEST(TidyTest, ForeignHeadersStayInAdaptersAndGateway) {
    const std::regex foreign(
        R"(^#include <(sqlite3|libpq-fe|openssl|sodium|boost/beast|spdlog|prometheus|toml\+\+|CLI/|)"
        R"(curl|expat))");
    const std::map<std::string, std::set<std::string>> homes{
        {"sqlite3", {"adapters"}},
        {"libpq-fe", {"adapters"}},
        {"openssl", {"base", "adapters", "gateway"}},
        {"sodium", {"base", "adapters"}},
        {"boost/beast", {"gateway", "third_party"}},
        {"spdlog", {"apps"}},
        {"prometheus", {"gateway", "apps"}},
        {"toml++", {"apps"}},
        {"CLI/", {"apps"}},
        {"curl", {"adapters"}},
        {"expat", {"adapters"}}};
    each_line(read_sources({"src"}),
              [&](const SourceFile& file, std::size_t number, const std::string& line) {
                  std::smatch found;
                  if (file.is_test() || !std::regex_search(line, found, foreign)) return;
                  EXPECT_TRUE(homes.at(found[1]).contains(file.layer()))
                      << at(file, number) << ": " << found[1] << " does not belong here";
              });
}

TEST(TidyTest, FilesHoldOneIdea) {
    for (const SourceFile& file : read_sources({"src", "tests", "bench"})) {
        // A table of cases is one idea, however many cases it has.
        const std::size_t limit = file.is_test() ? 600 : file.path.ends_with(".h") ? 200 : 400;
        EXPECT_LE(file.lines.size(), limit) << file.path << " is too long: what are its two ideas?";
    }
}

TEST(TidyTest, FoldersAreNamedByWhatTheyHold) {
    const std::set<std::string> empty_words{"utils", "util", "common", "helpers", "misc", "shared"};
    for (const std::string& folder : folders_under("src")) {
        const std::string name = folder.substr(folder.rfind('/') + 1);
        EXPECT_FALSE(empty_words.contains(name)) << folder;
    }
}

TEST(TidyTest, OnlyTheSystemAdapterReadsClocksAndChance) {
    const std::regex banned(
        R"((system_clock::now|random_device|\brand\(|sleep_for|\btime\(nullptr\)|steady_clock::now))");
    each_line(read_sources({"src"}), [&](const SourceFile& file, std::size_t number,
                                         const std::string& line) {
        std::smatch found;
        // The lab waits for other programs, and serves nobody meanwhile.
        if (file.is_test() || file.path.starts_with("src/adapters/system/") ||
            file.path == "src/apps/lab/wait.h" || !std::regex_search(line, found, banned)) {
            return;
        }
        // Sockets, processes and the program's own end have deadlines in real time: none
        // of them is simulated.
        const bool real =
            file.layer() == "gateway" || file.layer() == "apps" || file.layer() == "adapters";
        const bool harmless =
            found[1] == "steady_clock::now" || file.path == "src/gateway/http/response_head.cpp";
        EXPECT_TRUE(real && harmless) << at(file, number) << ": " << found[1];
    });
}

// g++ 12 destroys some temporaries twice inside a co_await expression: STYLE.md.
TEST(TidyTest, NoBracesAndNoLambdaInACoAwaitExpression) {
    const std::regex trap(R"(co_await[^;]*(\[[^\]]*\]\s*[({]|[A-Za-z_>]\{))");
    const std::regex in_loop(R"(\bwhile \(co_await)");
    each_line(read_sources({"src", "tests"}),
              [&](const SourceFile& file, std::size_t number, const std::string& line) {
                  if (file.path.starts_with("tests/tidy/")) return;
                  EXPECT_FALSE(std::regex_search(line, trap)) << at(file, number) << ": " << line;
                  EXPECT_FALSE(std::regex_search(line, in_loop)) << at(file, number);
              });
}

TEST(TidyTest, NothingRunsDetached) {
    each_line(read_sources({"src"}),
              [&](const SourceFile& file, std::size_t number, const std::string& line) {
                  if (file.is_test()) return;
                  EXPECT_EQ(line.find("detached"), std::string::npos)
                      << at(file, number) << ": whoever starts work ends it (TaskGroup)";
              });
}

TEST(TidyTest, HeadersGuardThemselvesOnTheFirstLine) {
    for (const SourceFile& file : read_sources({"src", "tests", "bench"})) {
        if (!file.path.ends_with(".h")) continue;
        EXPECT_EQ(file.lines.at(0), "#pragma once") << file.path;
    }
}

TEST(TidyTest, WhatIsLeftToDoHasAnIssue) {
    const std::regex promise(R"(\b(TODO|FIXME|XXX|HACK)\b)");
    const std::regex kept(R"(TODO\(#\d+\): )");
    for (const SourceFile& file : read_sources({"src", "tests", "bench"})) {
        if (file.path.starts_with("tests/tidy/")) continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::string& line = file.lines[i];
            EXPECT_TRUE(!std::regex_search(line, promise) || std::regex_search(line, kept))
                << at(file, i + 1) << ": " << line;
        }
    }
}

TEST(TidyTest, EverySourceFileIsBuilt) {
    std::string lists = read_text("cmake/third_party.cmake");
    for (const char* top : {"src", "tests", "bench"}) {
        if (!std::filesystem::exists(std::string(SW_SOURCE_ROOT "/") + top)) continue;
        lists += read_text(std::string(top) + "/CMakeLists.txt");
        for (const std::string& folder : folders_under(top)) {
            lists += read_text(folder + "/CMakeLists.txt");
        }
    }
    for (const SourceFile& file : read_sources({"src", "tests", "bench"})) {
        if (!file.path.ends_with(".cpp")) continue;
        const std::string name = file.path.substr(file.path.rfind('/') + 1);
        EXPECT_NE(lists.find(name), std::string::npos) << file.path << " is in no CMakeLists.txt";
    }
}

}  // namespace
}  // namespace syncwatch::tidy
