#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/config/settings.h"

/// Values that only one key has, or that decide more than one setting. Nothing is taken where they
/// give false or nullopt.
namespace syncwatch::config {

/// "sqlite:FILE" or "postgres://…"
bool take_database(std::string_view url, Settings& s);
/// "file:FOLDER" or "s3:…", of the first store.
bool take_objects(std::string_view url, Settings& s);
/// The same of the second.
bool take_second(std::string_view url, Settings& s);
/// "memory:", "redis://…", "sentinel://…" or "postgres:"
bool take_bus(std::string_view url, Settings& s);
/// "redis://…" or "sentinel://…", for recovery.redis_url.
bool take_redis(std::string_view url, Settings& s);
/// "postgres://…", for recovery.pg_url.
bool take_replication(std::string_view url, Settings& s);
/// "pgbackrest" or "stream".
std::optional<PgMode> parse_pg_mode(std::string_view word);
/// A replication slot's name.
std::optional<std::string> parse_slot(std::string_view text);
/// Each of the words must `fit`.
bool take_all(const std::vector<std::string>& words, bool (*fit)(std::string_view),
              std::vector<std::string>& to);
/// "stun:…", "turn:…" and the like.
bool take_ice_servers(const std::vector<std::string>& words, std::vector<std::string>& to);

/// "debug" to "error".
std::optional<log::Level> parse_level(std::string_view word);
/// "auto", "human" or "json".
std::optional<LogFormat> parse_format(std::string_view word);
/// A preset of x264; "auto" is the empty one.
std::optional<std::string> parse_preset(std::string_view word);
/// A time from 3 s to 10 min.
std::optional<std::chrono::seconds> parse_lease(std::string_view text);
/// Letters, digits, dots, dashes and underscores.
std::optional<std::string> parse_name(std::string_view text);

}  // namespace syncwatch::config
