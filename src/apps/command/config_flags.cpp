#include "apps/command/config_flags.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/config/keys.h"
#include "apps/config/load.h"
#include "apps/config/values.h"

namespace syncwatch::apps {
namespace {

constexpr std::string_view kConfigVariable = "SYNCWATCH_CONFIG";

std::string flag_of(const config::Key& key) {
    return key.flag() + (key.secret ? "-file" : "");
}

std::string name_of(const config::Key& key) {
    return std::string(key.name) + (key.secret ? "_file" : "");
}

/// `text` in lines of at most `width`, each behind `indent` spaces.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
    std::string out;
    std::size_t used = width;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (used + word.size() + 1 > width) {
            out += "\n" + std::string(indent, ' ');
            used = indent;
        } else {
            out += ' ';
            ++used;
        }
        out += word;
        used += word.size();
    }
    return out;
}

}  // namespace

ConfigFlags::ConfigFlags(CLI::App& app) {
    app.add_option("--config", config_, "Settings from a TOML file")->type_name("FILE");
    app.add_flag("--json", json_, "One JSON document on stdout instead of text");
    for (const config::Key& key : config::keys()) {
        auto keep = [this, name = name_of(key)](const std::string& value) {
            values_[name] = value;
        };
        // The one that is typed most has a short form.
        const std::string also = key.name == "server.listen" ? "--listen," : "";
        app.add_option_function<std::string>(also + flag_of(key), std::move(keep), "")
            ->group("")
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
}

config::Loaded ConfigFlags::load() const {
    config::Sources sources;
    sources.environment = config::process_environment();
    sources.flags = values_;
    const auto named = sources.environment.find(std::string(kConfigVariable));
    if (!config_.empty()) {
        sources.file = config_;
    } else if (named != sources.environment.end() && !named->second.empty()) {
        sources.file = named->second;
    }
    return config::load(sources);
}

Failure configuration_failure(const std::vector<config::Problem>& problems) {
    Failure failure{Exit::Usage, "configuration", "configuration: " + problems.front().text(),
                    "docs/configuration.md describes every setting."};
    if (problems.size() == 1) return failure;
    failure.what = fmt::format("configuration: {} problems", problems.size());
    for (const auto& each : problems) failure.what += "\n  " + each.text();
    return failure;
}

std::string closest_flag(std::string_view typed) {
    std::vector<std::string> flags = {"--config", "--json", "--help", "--version"};
    for (const config::Key& key : config::keys()) flags.push_back(flag_of(key));
    return std::string(config::closest(typed, {flags.begin(), flags.end()}));
}

std::string settings_help() {
    constexpr std::size_t kIndent = 8;
    constexpr std::size_t kWidth = 100;
    std::string out =
        "Settings, which may also stand in the file or the environment (docs/configuration.md):";
    for (const config::Key& key : config::keys()) {
        const std::string form = key.secret ? "FILE" : std::string(key.form);
        std::string help(key.secret ? "A file that holds it. " : "");
        help += key.help;
        if (!key.fallback.empty()) help += fmt::format(" [{}]", key.fallback);
        const std::string also = key.name == "server.listen" ? "--listen, " : "";
        out +=
            fmt::format("\n  {}{} {}{}", also, flag_of(key), form, wrapped(help, kIndent, kWidth));
    }
    return out;
}

}  // namespace syncwatch::apps
