#include "apps/escrow/named_files.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "adapters/s3/location.h"
#include "apps/escrow/secret_values.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;

/// Calls `take(name, value)` for what stands behind the "?" of a URL.
template <class Take>
void each_parameter(std::string_view url, Take take) {
    const std::size_t mark = url.find('?');
    std::string_view rest = mark == std::string_view::npos ? "" : url.substr(mark + 1);
    while (!rest.empty()) {
        const std::string_view one = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
        const std::size_t equals = one.find('=');
        if (equals == std::string_view::npos) continue;
        take(one.substr(0, equals), percent_decoded(one.substr(equals + 1)));
    }
}

class NameList {
public:
    void add(std::string role, const fs::path& path, bool secret) {
        if (!path.empty()) found_.push_back({std::move(role), path, secret, false});
    }
    /// Of libpq: certificates, and the key of one.
    void add_database(const std::string& url) {
        each_parameter(url, [this](std::string_view name, const std::string& value) {
            const bool secret = name == "sslkey" || name == "passfile";
            const bool open = name == "sslcert" || name == "sslrootcert" || name == "sslcrl";
            // "system" is no file.
            if ((!secret && !open) || value.find('/') == std::string::npos) return;
            add(fmt::format("database.url, {}", name), value, secret);
        });
    }
    void add_store(const std::string& role, const std::string& url) {
        if (const auto place = s3::Location::parse(url)) add(role + ", ca", place->ca_file, false);
    }
    std::vector<NamedFile> take() { return std::move(found_); }

private:
    std::vector<NamedFile> found_;
};

bool is_ours(const fs::path& file) {
    std::error_code failed;
    // A unit that is masked is a link to /dev/null.
    return fs::is_regular_file(file, failed);
}

}  // namespace

std::vector<NamedFile> named_files(const config::Settings& settings, const recovery::Plan& plan) {
    NameList list;
    list.add("configuration", settings.config_file, false);
    list.add("recovery.plan", settings.recovery.plan, false);
    for (const auto& [key, file] : settings.secret_files) list.add(key + "_file", file, true);
    list.add("objects.credentials_file", settings.s3.credentials_file, true);
    list.add("objects.second_credentials_file", settings.second.s3.credentials_file, true);
    list.add("tls.key", settings.tls.key, true);
    list.add("tls.cert", settings.tls.cert, false);
    list.add("bus.ca_file", settings.bus.ca_file, false);
    list.add_database(settings.postgres.url);
    list.add_store("objects.url", settings.s3.url);
    list.add_store("objects.second", settings.second.s3.url);
    for (const auto& [name, repository] : plan.repositories) {
        const std::string section = "repository." + name;
        list.add(section + ".credentials_file", repository.credentials_file, true);
        list.add(section + ".key_file", repository.key_file, true);
        list.add_store(section + ".url", repository.url);
    }
    for (const recovery::Channel& each : plan.channels) {
        const std::string section = "notify." + each.name;
        list.add(section + ".credentials_file", each.credentials_file, true);
        list.add(section + ".ca_file", each.ca_file, false);
    }
    if (plan.heartbeat) {
        list.add("heartbeat.url_file", plan.heartbeat->url_file, true);
        list.add("heartbeat.ca_file", plan.heartbeat->ca_file, false);
    }
    for (const std::string& each : plan.escrow_files) list.add("escrow.files", each, true);
    return list.take();
}

std::vector<NamedFile> unit_files(const fs::path& units) {
    std::vector<NamedFile> found;
    for (const char* unit : {"syncwatch.service", "syncwatch-worker.service"}) {
        if (is_ours(units / unit)) found.push_back({"systemd", units / unit, false, true});
        std::error_code failed;
        const fs::path drop_ins = units / fmt::format("{}.d", unit);
        for (const auto& each : fs::directory_iterator(drop_ins, failed)) {
            if (each.path().extension() != ".conf" || !is_ours(each.path())) continue;
            found.push_back({"systemd", each.path(), false, true});
        }
    }
    return found;
}

std::vector<NamedFile> files_of_unit(std::string_view text) {
    constexpr std::string_view kVariables = "EnvironmentFile=";
    constexpr std::string_view kCredential = "LoadCredential=";
    std::vector<NamedFile> found;
    while (!text.empty()) {
        const std::string_view whole = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), whole.size() + 1));
        std::string_view line = whole.substr(0, whole.find_last_not_of(" \t\r") + 1);
        bool optional = false;
        if (line.starts_with(kVariables)) {
            line.remove_prefix(kVariables.size());
            optional = line.starts_with('-');
            if (optional) line.remove_prefix(1);
        } else if (line.starts_with(kCredential)) {
            line.remove_prefix(std::min(line.size(), line.find(':')));
            if (!line.empty()) line.remove_prefix(1);
        } else {
            continue;
        }
        // What has a pattern or a specifier of systemd in it is not followed.
        if (!line.starts_with('/') || line.find_first_of("*?[%") != std::string_view::npos)
            continue;
        found.push_back({"systemd", fs::path(line), true, optional});
    }
    return found;
}

}  // namespace syncwatch::apps
