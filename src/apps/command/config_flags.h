#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/command/failure.h"
#include "apps/config/load.h"

namespace CLI {
class App;
}

namespace syncwatch::apps {

/// The flags that every command takes: --config, --json, and one for each setting.
class ConfigFlags {
public:
    explicit ConfigFlags(CLI::App& app);

    bool json() const { return json_; }
    /// The settings among them, by key.
    const std::map<std::string, std::string>& values() const { return values_; }
    /// The settings from file, environment and flags, with every problem.
    config::Loaded load() const;

private:
    std::string config_;
    bool json_ = false;
    std::map<std::string, std::string> values_;
};

/// All problems in one failure.
Failure configuration_failure(const std::vector<config::Problem>& problems);

/// The text under --help that lists the settings' flags.
std::string settings_help();

/// The flag that a typing error most probably meant; empty: none is close.
std::string closest_flag(std::string_view typed);

}  // namespace syncwatch::apps
