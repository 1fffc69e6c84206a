#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "apps/config/settings.h"
#include "recovery/plan/plan.h"

namespace syncwatch::apps {

/// A file that something names.
struct NamedFile {
    std::string role;  ///< What names it: "tls.key".
    std::filesystem::path path;
    bool secret = false;
    bool optional = false;  ///< It may be missing.
};

/// The settings' file, the plan, and every file that either names.
std::vector<NamedFile> named_files(const config::Settings& settings, const recovery::Plan& plan);

/// Our units and drop-ins below systemd's folder, as administrators made them.
std::vector<NamedFile> unit_files(const std::filesystem::path& units);
/// The files that a unit reads its variables and credentials from.
std::vector<NamedFile> files_of_unit(std::string_view text);

}  // namespace syncwatch::apps
