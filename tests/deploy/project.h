#pragma once
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

/// What tests of the files under deploy/ share.
namespace syncwatch::deploy {

/// The text of one of the project's files, by its path from the root.
std::string read(const std::string& path);

/// What the first group of `pattern` matched, wherever it did.
std::set<std::string> all(const std::string& text, const std::string& pattern);

/// `text` with every `first` of `changes` made its `second`. A test fails where one is not in it:
/// an example that was changed is no longer what is tried.
std::string changed(std::string text,
                    const std::vector<std::pair<std::string, std::string>>& changes);

struct Ended {
    int status = 0;
    std::string said;
};

/// Runs a command of the shell to its end.
Ended run(const std::string& command);

/// The documents of a YAML text, as JSON. A test fails, and there are none, where it is not YAML.
boost::json::array yaml(const std::string& text);

/// The paths of all files under a folder of the project, from the root.
std::vector<std::string> files_under(const std::string& folder);

}  // namespace syncwatch::deploy
