#include "apps/config/takers.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "adapters/postgres/settings.h"
#include "adapters/redis/redis_url.h"
#include "adapters/s3/location.h"
#include "apps/config/values.h"
#include "base/quantity.h"

namespace syncwatch::config {
namespace {

/// "sqlite:PATH" → PATH.
bool take_url(std::string_view url, std::string_view scheme, std::filesystem::path& to) {
    if (!url.starts_with(scheme) || url.size() == scheme.size()) return false;
    to = url.substr(scheme.size());
    return true;
}

/// "file:…" or "s3:…"
bool take_store(std::string_view url, std::filesystem::path& folder, std::string& s3) {
    if (take_url(url, "file:", folder)) {
        s3.clear();
        return true;
    }
    if (!s3::Location::parse(url)) return false;
    folder.clear();
    s3 = url;
    return true;
}

}  // namespace

bool take_database(std::string_view url, Settings& s) {
    if (take_url(url, "sqlite:", s.storage.database)) {
        s.postgres.url.clear();
        return true;
    }
    if (!postgres::is_url(url)) return false;
    s.postgres.url = url;
    return true;
}

bool take_objects(std::string_view url, Settings& s) {
    return take_store(url, s.storage.objects, s.s3.url);
}

bool take_second(std::string_view url, Settings& s) {
    return take_store(url, s.second.folder, s.second.s3.url);
}

bool take_bus(std::string_view url, Settings& s) {
    const bool memory = url == "memory:";
    if (!memory && url != "postgres:" && !redis::parse_redis_url(url)) return false;
    s.bus.url = memory ? std::string_view() : url;
    return true;
}

bool take_replication(std::string_view url, Settings& s) {
    if (!postgres::is_url(url)) return false;
    s.recovery.pg_url = url;
    return true;
}

std::optional<PgMode> parse_pg_mode(std::string_view word) {
    if (word == "pgbackrest") return PgMode::PgBackRest;
    if (word == "stream") return PgMode::Stream;
    return std::nullopt;
}

std::optional<std::string> parse_slot(std::string_view text) {
    constexpr std::size_t kLongest = 63;
    constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyz0123456789_";
    const bool is_one = !text.empty() && text.size() <= kLongest &&
                        text.find_first_not_of(kPlain) == std::string_view::npos;
    return is_one ? std::optional(std::string(text)) : std::nullopt;
}

bool take_redis(std::string_view url, Settings& s) {
    if (!redis::parse_redis_url(url)) return false;
    s.recovery.redis_url = url;
    return true;
}

std::optional<log::Level> parse_level(std::string_view word) {
    if (word == "debug") return log::Level::Debug;
    if (word == "info") return log::Level::Info;
    if (word == "warning") return log::Level::Warning;
    if (word == "error") return log::Level::Error;
    return std::nullopt;
}

std::optional<LogFormat> parse_format(std::string_view word) {
    if (word == "auto") return LogFormat::Auto;
    if (word == "human") return LogFormat::Human;
    if (word == "json") return LogFormat::Json;
    return std::nullopt;
}

std::optional<std::string> parse_preset(std::string_view word) {
    constexpr std::array<std::string_view, 9> kPresets = {
        "auto", "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower"};
    if (std::find(kPresets.begin(), kPresets.end(), word) == kPresets.end()) return std::nullopt;
    return word == "auto" ? std::string() : std::string(word);
}

std::optional<std::chrono::seconds> parse_lease(std::string_view text) {
    const auto read = parse_span(text);
    if (!read || *read < std::chrono::seconds(3) || *read > std::chrono::minutes(10)) {
        return std::nullopt;
    }
    return read;
}

std::optional<std::string> parse_name(std::string_view text) {
    const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_';
    });
    if (text.empty() || text.size() > 64 || !plain) return std::nullopt;
    return std::string(text);
}

bool take_all(const std::vector<std::string>& words, bool (*fit)(std::string_view),
              std::vector<std::string>& to) {
    if (!std::all_of(words.begin(), words.end(), fit)) return false;
    to = words;
    return true;
}

bool take_ice_servers(const std::vector<std::string>& words, std::vector<std::string>& to) {
    const bool fine = std::all_of(words.begin(), words.end(), [](std::string_view each) {
        const std::size_t colon = each.find(':');
        const std::string_view scheme = each.substr(0, colon);
        return colon != std::string_view::npos && colon + 1 < each.size() &&
               (scheme == "stun" || scheme == "stuns" || scheme == "turn" || scheme == "turns");
    });
    if (fine) to = words;
    return fine;
}

}  // namespace syncwatch::config
