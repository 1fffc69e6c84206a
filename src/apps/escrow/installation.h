#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "apps/config/settings.h"
#include "apps/escrow/secret_values.h"
#include "base/result.h"
#include "recovery/plan/plan.h"

namespace syncwatch::apps {

/// A file that an installation is made of.
struct FoundFile {
    std::filesystem::path path;  ///< Whole.
    std::string role;            ///< What names it: "configuration", "tls.key", "systemd", …
    std::string bytes;
    unsigned mode = 0600;
    std::string owner;  ///< By name; empty: nobody of that number has one.
    std::string group;
    bool secret = false;  ///< All of it; others may have secrets in them.
};

/// What would be needed to have this node again, beside the program, the database and the films.
struct Installation {
    std::string node;
    std::filesystem::path configuration;  ///< Empty: there is no file.
    std::vector<FoundFile> files;         ///< By path, each once.
    SecretValues secrets;
};

/// Where to look.
struct InstallationSources {
    config::Settings settings;
    recovery::Plan plan;
    std::map<std::string, std::string> environment;  ///< Of the process.
    std::filesystem::path units = "/etc/systemd/system";
};

/// Reads all of it: the settings' file, the plan, every file that either of them names, our units
/// and drop-ins of systemd with the files that those name, and the variables of the process. Films,
/// the database, and the keys in it are no part: the database's own backups bring the keys back,
/// and nothing is sealed with them that lasts longer than it. Errors: Unavailable (a file cannot be
/// read: a bundle without it would be none), TooLarge.
Result<Installation> look_at_installation(const InstallationSources& sources);

}  // namespace syncwatch::apps
