#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "adapters/program/child.h"

namespace syncwatch::pgbackrest {

/// A repository as pgBackRest is to use it.
struct RepositoryOptions {
    /// A bucket, spoken to with TLS, which this version of pgBackRest cannot do without.
    struct S3 {
        std::string host;  ///< By name: it is looked for in the certificate.
        std::uint16_t port = 443;
        std::string bucket;
        std::string region;
        bool path_style = true;
        std::string ca_file;  ///< PEM; empty: whom the system trusts.
        std::string key;
        std::string secret;
        std::string token;  ///< Empty: none.
    };

    std::string name;  ///< As the plan calls it: "near".
    std::string path;  ///< A folder, or in the bucket; begins with a slash.
    std::optional<S3> s3;
    bool may_delete = true;
    std::string passphrase;  ///< What it encrypts with (AES-256 in CBC mode); empty: it does not.
};

struct Options {
    std::string stanza = "syncwatch";  ///< What the database is called in repositories.
    std::filesystem::path data;        ///< The server's data folder.
    std::filesystem::path socket;      ///< The folder of its socket.
    std::uint16_t port = 5432;
    std::string user = "postgres";      ///< Of the database, a superuser.
    std::string database = "postgres";  ///< Where it is asked about itself.
    std::string contents = "postgres";  ///< The database that has our tables.
    /// Where its configuration, its locks and what waits to be archived lie: a folder of the user
    /// that the server runs as, on a disk that outlives a restart.
    std::filesystem::path work;
    std::vector<RepositoryOptions> repositories;  ///< One or two, the nearest first.
    unsigned processes = 2;
    std::string program = "pgbackrest";
    /// Of PostgreSQL's own programs; empty: where Debian has them, by the version.
    std::filesystem::path postgres_programs;

    std::filesystem::path configuration() const { return work / "pgbackrest.conf"; }
};

/// Its configuration file. Errors: InvalidInput (a value that has a line break).
Result<std::string> configuration_text(const Options& options);

/// Whom all of it runs as: root's runs as who owns the data folder, or where that is not there, who
/// owns the work folder; nullopt: as we are. Errors: Forbidden (root, and they belong to root, too:
/// reason "runs_as_root").
Result<std::optional<program::Identity>> identity_of(const Options& options);

/// Makes the work folder and writes the configuration if it is not there as it must be, for nobody
/// but whom it runs as. Safe where several processes do it at once. Errors: as identity_of(),
/// Unavailable (component "backup").
Result<> write_configuration(const Options& options);

}  // namespace syncwatch::pgbackrest
