#include "tidy/source_tree.h"

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>

namespace syncwatch::tidy {
namespace {

const std::filesystem::path kRoot = SW_SOURCE_ROOT;

std::string from_root(const std::filesystem::path& path) {
    return path.lexically_relative(kRoot).generic_string();
}

}  // namespace

bool SourceFile::is_test() const {
    return path.starts_with("tests/") || path.ends_with("_test.cpp");
}

std::string SourceFile::layer() const {
    constexpr std::string_view kSources = "src/";
    if (!path.starts_with(kSources)) return {};
    return path.substr(kSources.size(), path.find('/', kSources.size()) - kSources.size());
}

std::vector<SourceFile> read_sources(const std::vector<std::string>& folders) {
    std::vector<SourceFile> files;
    for (const std::string& folder : folders) {
        if (!std::filesystem::exists(kRoot / folder)) continue;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / folder)) {
            const auto extension = entry.path().extension();
            if (extension != ".cpp" && extension != ".h") continue;
            SourceFile file;
            file.path = from_root(entry.path());
            std::ifstream in(entry.path());
            for (std::string line; std::getline(in, line);) file.lines.push_back(line);
            files.push_back(std::move(file));
        }
    }
    std::ranges::sort(files, {}, &SourceFile::path);
    return files;
}

std::map<std::string, std::set<std::string>> layer_table() {
    std::map<std::string, std::set<std::string>> table;
    std::istringstream lines(read_text("cmake/module.cmake"));
    const std::regex row(R"(^set\(SW_MAY_USE_(\w+)([^)]*)\))");
    for (std::string line; std::getline(lines, line);) {
        std::smatch found;
        if (!std::regex_search(line, found, row)) continue;
        std::set<std::string>& allowed = table[found[1]];
        allowed.insert(found[1]);
        std::istringstream words(found[2]);
        for (std::string word; words >> word;) allowed.insert(word);
    }
    return table;
}

std::string read_text(const std::string& path) {
    std::ifstream in(kRoot / path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<std::string> folders_under(const std::string& folder) {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / folder)) {
        if (entry.is_directory()) found.push_back(from_root(entry.path()));
    }
    return found;
}

}  // namespace syncwatch::tidy
