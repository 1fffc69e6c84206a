#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace syncwatch::config {

/// How PostgreSQL is backed up: by its files and an archive_command, on its own machine, or from
/// any machine over its replication protocol.
enum class PgMode : std::uint8_t { PgBackRest, Stream };

/// What is backed up, and how it is reached.
struct RecoverySettings {
    std::filesystem::path plan;             ///< The file; empty: the default plan.
    std::string redis_url, redis_password;  ///< The Redis that is backed up; empty: none.
    std::filesystem::path pg_data = "/var/lib/postgresql/15/main",
                          pg_socket = "/var/run/postgresql", pg_work = "/var/spool/pgbackrest";
    std::uint16_t pg_port = 5432;
    std::string pg_user = "postgres", pg_stanza = "syncwatch";
    PgMode pg_mode = PgMode::PgBackRest;
    std::string pg_url, pg_password;  ///< Of the replication protocol; empty: the database's.
    std::string pg_slot = "syncwatch";
    bool pg_stream_on_nodes = true;
    bool operator==(const RecoverySettings&) const = default;
};

}  // namespace syncwatch::config
