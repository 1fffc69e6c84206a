#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "apps/lab/server_process.h"

namespace syncwatch::lab {

/// Where initdb and postgres are: Debian keeps each version's programs in a folder of its own; the
/// newest is taken. Errors: Unavailable (PostgreSQL is not installed).
Result<std::filesystem::path> postgres_programs();

/// One real PostgreSQL in a folder of its own, on loopback.
class PostgresServer {
public:
    struct Options {
        std::filesystem::path folder;
        std::string extra = {};  ///< Lines for postgresql.conf.
    };

    /// Makes a new cluster and starts it. The folder is short: a socket's path may have 107 bytes.
    /// Errors: Unavailable (not installed, or it does not start), Timeout.
    static Result<std::unique_ptr<PostgresServer>> make(Options options);

    std::uint16_t port() const { return port_; }
    /// For libpq, as the superuser: "postgres://postgres@127.0.0.1:PORT/DATABASE".
    std::string url(const std::string& database = "postgres") const;
    /// Errors: Unavailable.
    Result<> create_database(const std::string& name);
    /// Runs SQL as the superuser, outside of any transaction. Errors: Unavailable.
    Result<> sql(const std::string& text, const std::string& database = "postgres");

    bool alive() const { return process_ && process_->alive(); }
    void kill() { process_.reset(); }
    void hang() { process_->hang(); }
    void wake() { process_->wake(); }
    /// Fast shutdown: sessions are ended, everything is written.
    void stop();
    /// After kill() or stop(). Returns when it takes connections. Errors: as make().
    Result<> start();

private:
    explicit PostgresServer(Options options) : options_(std::move(options)) {}
    Result<> initialise();
    Launch launch(std::vector<std::string> command) const;

    const Options options_;
    std::filesystem::path programs_;
    std::uint16_t port_ = 0;
    std::optional<ServerProcess> process_;
};

}  // namespace syncwatch::lab
