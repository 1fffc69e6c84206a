#include "apps/papers/typist.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "apps/escrow/secret_values.h"

namespace syncwatch::apps {
namespace {

std::string flag(const std::string& name, const std::string& value) {
    return fmt::format(" --{} {}", name, shell_word(value));
}

/// Where no file has them: those that commands of recovery go by.
std::string settings_flags(const config::Settings& settings) {
    if (!settings.config_file.empty()) return flag("config", settings.config_file.string());
    const config::Settings::Recovery usual;
    const auto& recovery = settings.recovery;
    std::string all = flag("data-dir", settings.data.dir.string());
    if (!recovery.plan.empty()) all += flag("recovery-plan", recovery.plan.string());
    if (!settings.postgres.on()) return all;
    if (recovery.pg_data != usual.pg_data)
        all += flag("recovery-pg-data", recovery.pg_data.string());
    if (recovery.pg_socket != usual.pg_socket)
        all += flag("recovery-pg-socket", recovery.pg_socket.string());
    if (recovery.pg_port != usual.pg_port)
        all += flag("recovery-pg-port", std::to_string(recovery.pg_port));
    if (recovery.pg_user != usual.pg_user) all += flag("recovery-pg-user", recovery.pg_user);
    if (recovery.pg_stanza != usual.pg_stanza)
        all += flag("recovery-pg-stanza", recovery.pg_stanza);
    if (recovery.pg_work != usual.pg_work)
        all += flag("recovery-pg-work", recovery.pg_work.string());
    return all;
}

/// What stands between "//" and the next slash, without the user.
std::string_view authority_of(std::string_view url) {
    const auto begin = url.find("//");
    if (begin == std::string_view::npos) return {};
    url.remove_prefix(begin + 2);
    url = url.substr(0, url.find_first_of("/?"));
    const auto at = url.rfind('@');
    return at == std::string_view::npos ? url : url.substr(at + 1);
}

}  // namespace

std::string shell_word(const std::string& text) {
    const auto is_plain = [](char c) {
        return std::string_view("/._-+:=,@%").find(c) != std::string_view::npos ||
               (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    if (!text.empty() && std::ranges::all_of(text, is_plain)) return text;
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::string shown_url(const std::string& url) {
    return SecretValues().take_out(url);
}

std::string hosts_of(const std::string& url) {
    return std::string(authority_of(url));
}

std::string last_of(const std::string& url) {
    const std::string whole = url.substr(0, url.find('?'));
    const auto slash = whole.rfind('/');
    return slash == std::string::npos ? std::string() : whole.substr(slash + 1);
}

Typist::Typist(const PaperFacts& facts)
    : facts_(facts), settings_(settings_flags(facts.settings)) {}

std::string Typist::sudo(const std::string& user) const {
    return facts_.by_systemd ? "sudo -u " + user + " " : std::string();
}

std::string Typist::ours(const std::string& words) const {
    return sudo(facts_.user) + "syncwatch " + words + settings_;
}

std::string Typist::as_root(const std::string& words) const {
    return (facts_.by_systemd ? "sudo " : "") + std::string("syncwatch ") + words + settings_;
}

std::string Typist::as_postgres(const std::string& words) const {
    if (!facts_.by_systemd) return ours(words);
    // What its timer uses: the service's own data folder is closed to it.
    const char* const folder = " --data-dir /var/lib/syncwatch-postgres";
    return sudo("postgres") + "syncwatch " + words + settings_ + folder;
}

std::string Typist::bare(const std::string& words) const {
    return (facts_.by_systemd ? "sudo " : "") + std::string("syncwatch ") + words;
}

std::string Typist::psql(const std::string& sql) const {
    const std::string database = last_of(facts_.settings.postgres.url);
    return postgres_program(fmt::format("psql -d {} -c {}",
                                        shell_word(database.empty() ? "syncwatch" : database),
                                        shell_word(sql)));
}

std::string Typist::postgres_program(const std::string& words) const {
    const auto& recovery = facts_.settings.recovery;
    const auto space = words.find(' ');
    return fmt::format("{}{} -h {} -p {} -U {}{}", sudo("postgres"), words.substr(0, space),
                       shell_word(recovery.pg_socket.string()), recovery.pg_port,
                       shell_word(recovery.pg_user),
                       space == std::string::npos ? "" : words.substr(space));
}

Step Typist::stop() const {
    if (!facts_.by_systemd) return {"Stop the server: SIGTERM, and wait until it has ended."};
    return {"Stop the server.", {"sudo systemctl stop syncwatch"}};
}

Step Typist::start() const {
    if (!facts_.by_systemd) return {"Start the server as it was started."};
    return {"Start the server.", {"sudo systemctl start syncwatch"}};
}

std::optional<std::string> Typist::debian_cluster() const {
    const auto& data = facts_.settings.recovery.pg_data;
    if (data.parent_path().parent_path() != "/var/lib/postgresql") return std::nullopt;
    return data.parent_path().filename().string() + "/" + data.filename().string();
}

Step Typist::stop_postgres() const {
    const auto cluster = debian_cluster();
    if (!facts_.by_systemd || !cluster) return {"Stop PostgreSQL."};
    std::string unit = *cluster;
    std::ranges::replace(unit, '/', '-');
    return {
        "Stop PostgreSQL, if it runs. Where Patroni runs it, it would be started again: pause "
        "Patroni first.",
        {"sudo systemctl stop postgresql@" + unit}};
}

Step Typist::start_postgres() const {
    const auto cluster = debian_cluster();
    if (!facts_.by_systemd || !cluster) return {"Start PostgreSQL. It replays the log."};
    std::string unit = *cluster;
    std::ranges::replace(unit, '/', '-');
    return {"Start PostgreSQL. It replays the log.", {"sudo systemctl start postgresql@" + unit}};
}

std::string Typist::repository() const {
    std::string words;
    for (const char* name : {"near", "far"}) {
        const auto place = facts_.plan.repositories.find(name);
        if (place == facts_.plan.repositories.end() || !words.empty()) continue;
        words = "--repository " + shell_word(shown_url(place->second.url));
        if (place->second.url.starts_with("s3:")) words += " --credentials /dev/shm/store-keys";
    }
    if (words.empty()) words = "--repository PLACE";
    if (!facts_.cluster.empty()) words += " --cluster " + shell_word(facts_.cluster);
    return words;
}

}  // namespace syncwatch::apps
