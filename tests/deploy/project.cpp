#include "deploy/project.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "harness/temp_folder.h"

namespace syncwatch::deploy {

namespace fs = std::filesystem;

std::string read(const std::string& path) {
    std::ifstream in(std::string(SW_SOURCE_ROOT "/") + path);
    EXPECT_TRUE(in) << "there is no " << path;
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::set<std::string> all(const std::string& text, const std::string& pattern) {
    const std::regex wanted(pattern);
    std::set<std::string> found;
    for (std::sregex_iterator it(text.begin(), text.end(), wanted), end; it != end; ++it) {
        found.insert((*it)[1].str());
    }
    return found;
}

std::string changed(std::string text,
                    const std::vector<std::pair<std::string, std::string>>& changes) {
    for (const auto& [from, to] : changes) {
        std::size_t at = text.find(from);
        EXPECT_NE(at, std::string::npos) << "the example has no " << from;
        for (; at != std::string::npos; at = text.find(from, at + to.size())) {
            text.replace(at, from.size(), to);
        }
    }
    return text;
}

Ended run(const std::string& command) {
    Ended ended;
    std::FILE* pipe = ::popen(("{ " + command + "\n} 2>&1").c_str(), "r");
    if (pipe == nullptr) return {-1, "no process could be started"};
    std::array<char, 4096> bytes{};
    while (const std::size_t n = std::fread(bytes.data(), 1, bytes.size(), pipe)) {
        ended.said.append(bytes.data(), n);
    }
    ended.status = ::pclose(pipe);
    return ended;
}

boost::json::array yaml(const std::string& text) {
    const TempFolder folder;
    const std::string file = folder.path() / "file.yaml";
    std::ofstream(file) << text;
    // Debian's Python, whatever else stands before it in PATH: it has the package python3-yaml.
    const Ended ended =
        run("/usr/bin/python3 -c 'import json, sys, yaml\n"
            "print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))' '" +
            file + "'");
    EXPECT_EQ(ended.status, 0) << ended.said;
    return ended.status == 0 ? boost::json::parse(ended.said).as_array() : boost::json::array();
}

std::vector<std::string> files_under(const std::string& folder) {
    std::vector<std::string> found;
    for (const auto& each : fs::recursive_directory_iterator(SW_SOURCE_ROOT "/" + folder)) {
        if (!each.is_regular_file()) continue;
        found.push_back(each.path().lexically_relative(SW_SOURCE_ROOT).generic_string());
    }
    std::ranges::sort(found);
    return found;
}

}  // namespace syncwatch::deploy
