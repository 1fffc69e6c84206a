#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/config/settings.h"

namespace syncwatch::config {

/// One thing that is wrong with what an operator wrote.
struct Problem {
    std::string key;  ///< "server.listen"
    std::string
        where;  ///< "/etc/syncwatch.toml, line 3", "SYNCWATCH_SERVER_LISTEN", "--server-listen"
    std::string what;  ///< What is wrong and what would be right: "is 80: must be an address …".

    /// "server.listen (SYNCWATCH_SERVER_LISTEN) is 80: must be an address and a port, …"
    std::string text() const;
    bool operator==(const Problem&) const = default;
};

/// Where values come from; what comes later wins: file, environment, flags.
struct Sources {
    std::optional<std::filesystem::path> file;
    std::map<std::string, std::string> environment;  ///< Of the process; others are passed by.
    std::map<std::string, std::string> flags;        ///< Key → value.
};

struct Loaded {
    Settings settings;
    std::vector<Problem> problems;  ///< All of them; the settings count only without any.
};

Loaded load(const Sources& sources);

/// The variables of this process.
std::map<std::string, std::string> process_environment();

/// Reads a TOML text into `loaded`. `name` says where it came from.
void read_toml(std::string_view text, const std::string& name, Loaded& loaded);

}  // namespace syncwatch::config
