#include "apps/config/key_sections.h"
#include "apps/config/takers.h"
#include "apps/config/values.h"

namespace syncwatch::config {
namespace {

constexpr std::string_view kFolder = "the whole path of a folder";

bool take_folder(Words words, std::filesystem::path& to) {
    const std::filesystem::path folder(words[0]);
    if (!folder.is_absolute()) return false;
    to = folder;
    return true;
}

constexpr Key kNodeKeys[] = {
    {"recovery.plan", Kind::Text, "FILE", "", kFile,
     "The recovery plan: what is promised, what is backed up when and where. Without one the "
     "default plan holds, which `syncwatch plan show --as-file` prints.",
     [](Settings& s, Words w) { return take_text(w, s.recovery.plan); }},
    {"recovery.redis_url", Kind::Text, "URL", "",
     "redis://USER@HOST[:PORT] or sentinel://USER@HOST,HOST,HOST/MASTER, either with an s for TLS",
     "The Redis that is backed up, and as whom. By default none is: nodes keep nothing in the one "
     "that they talk through. Its authority is bus.ca_file, its Sentinels' password "
     "bus.sentinel_password.",
     [](Settings& s, Words w) { return take_redis(w[0], s); }},
    {"recovery.redis_password", Kind::Text, "PASSWORD", "", "the password of that user",
     "For recovery.redis_url.",
     [](Settings& s, Words w) { return take_text(w, s.recovery.redis_password); }, true},
    {"recovery.pg_data", Kind::Text, "FOLDER", "/var/lib/postgresql/15/main", kFolder,
     "PostgreSQL's data folder, where it is backed up and restored on this machine.",
     [](Settings& s, Words w) { return take_folder(w, s.recovery.pg_data); }},
    {"recovery.pg_socket", Kind::Text, "FOLDER", "/var/run/postgresql", kFolder,
     "The folder of PostgreSQL's socket (unix_socket_directories).",
     [](Settings& s, Words w) { return take_folder(w, s.recovery.pg_socket); }},
    {"recovery.pg_port", Kind::Number, "PORT", "5432", "a port, from 1 to 65535",
     "PostgreSQL's port.",
     [](Settings& s, Words w) { return put(parse_count(w[0], 1, 65535), s.recovery.pg_port); }},
    {"recovery.pg_user", Kind::Text, "NAME", "postgres", "a role's name",
     "The superuser that backups are made as; the socket lets in who runs syncwatch backup.",
     [](Settings& s, Words w) { return take_text(w, s.recovery.pg_user); }},
    {"recovery.pg_stanza", Kind::Text, "NAME", "syncwatch",
     "1 to 64 letters, digits, dots, dashes or underscores",
     "What the database is called in the repositories of its backups. Two databases that share a "
     "repository need two names.",
     [](Settings& s, Words w) { return put(parse_name(w[0]), s.recovery.pg_stanza); }},
    {"recovery.pg_work", Kind::Text, "FOLDER", "/var/spool/pgbackrest", kFolder,
     "Where pgBackRest's configuration, its locks and the log that waits to be archived lie: a "
     "folder of PostgreSQL's user, which outlives a restart of the machine.",
     [](Settings& s, Words w) { return take_folder(w, s.recovery.pg_work); }},
    {"recovery.pg_mode", Kind::Text, "MODE", "pgbackrest", "pgbackrest or stream",
     "How PostgreSQL is backed up: pgbackrest on its own machine, or stream from any machine, over "
     "its replication protocol.",
     [](Settings& s, Words w) { return put(parse_pg_mode(w[0]), s.recovery.pg_mode); }},
    {"recovery.pg_url", Kind::Text, "URL", "", "postgres://USER@HOST/DATABASE",
     "For stream: the server, and a role with the right REPLICATION. By default database.url.",
     [](Settings& s, Words w) { return take_replication(w[0], s); }},
    {"recovery.pg_password", Kind::Text, "PASSWORD", "", "the password of that role",
     "For recovery.pg_url.",
     [](Settings& s, Words w) { return take_text(w, s.recovery.pg_password); }, true},
    {"recovery.pg_slot", Kind::Text, "NAME", "syncwatch",
     "1 to 63 lower-case letters, digits or underscores",
     "For stream: the replication slot by which the server keeps its log until it was brought to "
     "the repositories. It is made when it is not there.",
     [](Settings& s, Words w) { return put(parse_slot(w[0]), s.recovery.pg_slot); }},
    {"recovery.pg_stream_on_nodes", Kind::Flag, "FLAG", "true", kFlag,
     "For stream: whether this node brings the log when no other one does. false: syncwatch "
     "wal-stream does it, as a service of its own.",
     [](Settings& s, Words w) { return put(parse_flag(w[0]), s.recovery.pg_stream_on_nodes); }},
    {"node.name", Kind::Text, "NAME", "", "1 to 64 letters, digits, dots, dashes or underscores",
     "What this node calls itself in logs, health and metrics. By default the machine's name.",
     [](Settings& s, Words w) { return put(parse_name(w[0]), s.node.name); }},
    {"log.level", Kind::Text, "LEVEL", "info", "debug, info, warning or error",
     "The least that is written.",
     [](Settings& s, Words w) { return put(parse_level(w[0]), s.log.level); }},
    {"log.format", Kind::Text, "FORMAT", "auto", "auto, human or json",
     "Lines for people or JSON for programs, on stderr. auto: for people on a terminal.",
     [](Settings& s, Words w) { return put(parse_format(w[0]), s.log.format); }},
};

}  // namespace

std::span<const Key> node_keys() {
    return kNodeKeys;
}

}  // namespace syncwatch::config
