#include "apps/command/restored_settings.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>

#include "apps/command/bundle_fetch.h"
#include "apps/command/config_flags.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
using recovery::Bundle;

/// What is in a file of that role, or of that path; of two the one of the secrets, which is whole.
std::optional<std::string> text_in(const std::vector<Bundle>& bundles, const std::string& role,
                                   const std::string& path) {
    std::optional<std::string> found;
    for (const Bundle& bundle : bundles) {
        const bool is_whole = bundle.about.kind == recovery::BundleKind::Secrets;
        for (std::size_t i = 0; i < bundle.contents.size(); ++i) {
            const recovery::BundledFile& file = bundle.about.files[i];
            if (file.role != role || (!path.empty() && file.path != path)) continue;
            if (!found || is_whole) found = bundle.contents[i];
        }
    }
    return found;
}

/// As the bundle's maker wrote it: NAME="value", a line each.
std::map<std::string, std::string> variables_in(std::string_view text) {
    std::map<std::string, std::string> variables;
    while (!text.empty()) {
        const std::size_t equals = text.find("=\"");
        if (equals == std::string_view::npos) break;
        std::string name(text.substr(0, equals));
        std::string value;
        std::size_t at = equals + 2;
        for (; at < text.size() && text[at] != '"'; ++at) {
            if (text[at] == '\\' && at + 1 < text.size()) ++at;
            value += text[at];
        }
        text.remove_prefix(std::min(text.size(), at + 2));
        variables[std::move(name)] = std::move(value);
    }
    return variables;
}

config::Sources sources_of(const std::vector<Bundle>& bundles,
                           const std::map<std::string, std::string>& flags) {
    config::Sources sources;
    sources.environment = config::process_environment();
    if (const auto text = text_in(bundles, "environment", "")) {
        // What somebody says now is stronger.
        for (auto& [name, value] : variables_in(*text))
            sources.environment.try_emplace(name, value);
    }
    sources.flags = flags;
    return sources;
}

}  // namespace

Outcome<config::Settings> settings_in(const std::vector<Bundle>& bundles,
                                      const std::map<std::string, std::string>& flags) {
    config::Sources sources = sources_of(bundles, flags);
    const std::string& configuration = bundles.front().about.configuration;
    const PrivateFolder scratch;
    if (const auto text = text_in(bundles, "configuration", configuration)) {
        const fs::path file = scratch.path() / "syncwatch.toml";
        if (scratch.path().empty() || !(std::ofstream(file, std::ios::binary) << *text)) {
            return give_up(Exit::Refused, "no_scratch", "there is no place for what is read",
                           "Make space in the folder for temporary files, or name another in "
                           "TMPDIR.");
        }
        sources.file = file;
    }
    config::Settings settings = config::load(sources).settings;
    settings.config_file = configuration;
    return settings;
}

Outcome<config::Settings> settings_laid_down(const std::vector<Bundle>& bundles,
                                             const std::map<std::string, std::string>& flags) {
    config::Sources sources = sources_of(bundles, flags);
    const std::string& configuration = bundles.front().about.configuration;
    if (!configuration.empty()) sources.file = configuration;
    config::Loaded loaded = config::load(sources);
    if (loaded.problems.empty()) return std::move(loaded.settings);
    Failure failure = configuration_failure(loaded.problems);
    failure.hint = "Mend it where it is, then repeat the same command: it goes on from there.";
    return tl::unexpected<Failure>(std::move(failure));
}

}  // namespace syncwatch::apps
