#include "apps/config/load.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>

#include "apps/config/assign.h"
#include "apps/config/keys.h"
#include "apps/config/values.h"

namespace syncwatch::config {
namespace {

constexpr std::string_view kPrefix = "SYNCWATCH_";
constexpr std::string_view kFileSuffix = "_FILE";
/// Names the file itself; read by the command line.
constexpr std::string_view kConfigVariable = "SYNCWATCH_CONFIG";

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& each : words) text.append(text.empty() ? "" : ", ").append(each);
    return text;
}

/// "postgres://user:secret@host" → "postgres://user:…@host".
std::string without_password(std::string text) {
    const std::size_t scheme = text.find("://");
    const std::size_t at = text.find('@', scheme == std::string::npos ? 0 : scheme);
    if (scheme == std::string::npos || at == std::string::npos) return text;
    const std::size_t colon = text.find(':', scheme + 3);
    if (colon < at) text.replace(colon + 1, at - colon - 1, "…");
    return text;
}

std::optional<std::string> contents(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    std::ostringstream all;
    all << in.rdbuf();
    if (in.bad()) return std::nullopt;
    return all.str();
}

void read_file(const std::filesystem::path& file, Loaded& loaded) {
    errno = 0;
    const auto text = contents(file);
    if (text) return read_toml(*text, file.string(), loaded);
    loaded.problems.push_back(
        {"the file", file.string(), fmt::format("cannot be read: {}", std::strerror(errno))});
}

/// A variable that is nearly one of ours is a typing error; one that is not is somebody else's
/// (Kubernetes sets SYNCWATCH_PORT and the like for a service of that name).
void read_unknown_variable(const std::string& name, Loaded& loaded) {
    std::vector<std::string> all;
    for (const Key& key : keys()) all.push_back(key.environment());
    const std::string_view meant = closest(name, {all.begin(), all.end()});
    bool known_section = false;
    for (const Key& key : keys()) {
        const std::string full = key.environment();
        const std::string start = full.substr(0, kPrefix.size() + key.section().size() + 1);
        known_section = known_section || name.starts_with(start);
    }
    if (!known_section || meant.empty()) return;
    loaded.problems.push_back(
        {name, "the environment", fmt::format("is not a setting: did you mean {}?", meant)});
}

void read_environment(const std::map<std::string, std::string>& variables, Loaded& loaded) {
    std::map<std::string, const Key*> by_variable;
    for (const Key& key : keys()) by_variable[key.environment()] = &key;
    Assigner assigner(loaded);
    for (const auto& [name, value] : variables) {
        if (!name.starts_with(kPrefix) || name == kConfigVariable) continue;
        if (const auto found = by_variable.find(name); found != by_variable.end()) {
            assigner.take_text(*found->second, value, name);
            continue;
        }
        if (name.ends_with(kFileSuffix)) {
            const auto of = by_variable.find(name.substr(0, name.size() - kFileSuffix.size()));
            if (of != by_variable.end() && of->second->secret) {
                assigner.take_secret_file(*of->second, value, name);
                continue;
            }
        }
        read_unknown_variable(name, loaded);
    }
}

/// What no single value shows to be wrong.
void check_together(const Sources& sources, Loaded& loaded) {
    const Settings& s = loaded.settings;
    const auto complain = [&](const char* key, std::string what) {
        const std::string where = sources.file ? sources.file->string() : "the settings together";
        loaded.problems.push_back({key, where, std::move(what)});
    };
    if (s.tls.cert.empty() != s.tls.key.empty()) {
        complain(s.tls.cert.empty() ? "tls.cert" : "tls.key",
                 "is missing: a certificate and its key go together");
    }
    if (s.bus.url == "postgres:" && !s.postgres.on()) {
        complain("bus.url", "is postgres:, but the database is not PostgreSQL (database.url)");
    }
    if (s.s3.on() && s.s3.credentials_file.empty()) {
        complain("objects.credentials_file", "is missing: an S3 store takes no one without keys");
    }
    if (s.s3.redirect && !s.s3.on()) {
        complain("objects.redirect", "needs an S3 store (objects.url)");
    }
    if (s.second.s3.on() && s.second.s3.credentials_file.empty()) {
        complain("objects.second_credentials_file",
                 "is missing: an S3 store takes no one without keys");
    }
    const bool same_folder =
        !s.s3.on() && !s.second.folder.empty() &&
        s.second.folder.lexically_normal() == s.objects_path().lexically_normal();
    if (same_folder || (s.s3.on() && s.second.s3.url == s.s3.url)) {
        complain("objects.second", "is the first store: a copy there would be none");
    }
    bool turn = false;
    for (const auto& url : s.ice.servers) turn = turn || url.starts_with("turn");
    if (turn && s.ice.turn_secret.empty()) {
        complain("ice.turn_secret",
                 "is missing: TURN servers need credentials; put the secret into a file and name "
                 "that in ice.turn_secret_file");
    }
    if (!s.web.dir.empty() && !std::filesystem::exists(s.web.dir / "index.html")) {
        complain("web.dir", fmt::format("is {}: there is no index.html in it", s.web.dir.string()));
    }
}

}  // namespace

std::string Problem::text() const {
    return fmt::format("{} ({}) {}", key, where, what);
}

void Assigner::take(const Key& key, const std::vector<std::string>& words,
                    const std::string& where) {
    if (key.take(loaded_.settings, words)) return;
    const std::string shown =
        key.secret ? "what it is" : fmt::format("\"{}\"", without_password(joined(words)));
    loaded_.problems.push_back(
        {std::string(key.name), where, fmt::format("is {}: must be {}", shown, key.right)});
}

void Assigner::take_text(const Key& key, const std::string& text, const std::string& where) {
    if (key.kind == Kind::List) return take(key, split_list(text), where);
    take(key, {text}, where);
}

void Assigner::take_secret_file(const Key& key, const std::string& file, const std::string& where) {
    errno = 0;
    const auto text = contents(file);
    if (!text) {
        loaded_.problems.push_back(
            {std::string(key.name) + "_file", where,
             fmt::format("is \"{}\", which cannot be read: {}", file, std::strerror(errno))});
        return;
    }
    loaded_.settings.secret_files[std::string(key.name)] = file;
    take(key, {text->substr(0, text->find_first_of("\r\n"))}, where);
}

Loaded load(const Sources& sources) {
    Loaded loaded;
    loaded.settings.data.dir = default_data_dir();
    loaded.settings.node.name = machine_name();
    if (sources.file) {
        loaded.settings.config_file = *sources.file;
        read_file(*sources.file, loaded);
    }
    read_environment(sources.environment, loaded);
    Assigner assigner(loaded);
    for (const auto& [name, value] : sources.flags) {
        if (const Key* key = find_key(name)) {
            assigner.take_text(*key, value, key->flag());
        } else if (const Key* secret = find_secret_file(name)) {
            assigner.take_secret_file(*secret, value, secret->flag() + "-file");
        }
    }
    check_together(sources, loaded);
    return loaded;
}

std::map<std::string, std::string> process_environment() {
    std::map<std::string, std::string> variables;
    for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
        const std::string_view line(*each);
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        variables.emplace(line.substr(0, equals), line.substr(equals + 1));
    }
    return variables;
}

}  // namespace syncwatch::config
