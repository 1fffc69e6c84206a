#pragma once
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace syncwatch::tidy {

/// One of our files, with its text.
struct SourceFile {
    std::string path;  ///< From the project's root: "src/base/result.h".
    std::vector<std::string> lines;

    bool is_test() const;
    /// "gateway" for src/gateway/http/server.cpp; empty outside src/.
    std::string layer() const;
};

/// The .cpp and .h files under `folders` of the project.
std::vector<SourceFile> read_sources(const std::vector<std::string>& folders);

/// The table of cmake/module.cmake: layer → the layers it may use, itself included.
std::map<std::string, std::set<std::string>> layer_table();

/// The whole text of a file of the project.
std::string read_text(const std::string& path);

/// Every folder under `folder`, by its path from the project's root.
std::vector<std::string> folders_under(const std::string& folder);

}  // namespace syncwatch::tidy
