#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/lab/server_process.h"

namespace syncwatch::lab {

/// One real Redis, or a Sentinel, in a folder of its own, on loopback. Nothing is written to disk
/// but a Sentinel's own configuration.
class RedisServer {
public:
    struct Options {
        std::filesystem::path folder;
        std::string extra = {};  ///< Lines for its configuration.
        bool sentinel = false;
    };

    /// Errors: Unavailable (not installed, or it does not start), Timeout.
    static Result<std::unique_ptr<RedisServer>> make(Options options);

    std::uint16_t port() const { return port_; }
    /// "redis://127.0.0.1:PORT".
    std::string url() const;
    /// What redis-cli prints for a command, without the end of the line. Errors: Unavailable.
    Result<std::string> ask(const std::vector<std::string>& words) const;

    bool alive() const { return process_ && process_->alive(); }
    void kill() { process_.reset(); }
    void hang() { process_->hang(); }
    void wake() { process_->wake(); }
    /// After kill(). Returns when it takes connections. Errors: as make().
    Result<> start();

private:
    explicit RedisServer(Options options) : options_(std::move(options)) {}
    Launch launch(std::vector<std::string> command) const;

    const Options options_;
    std::uint16_t port_ = 0;
    std::optional<ServerProcess> process_;
};

/// A master, its replica and three Sentinels that notice within a second when it is gone.
class RedisGroup {
public:
    /// Returns when all of them know one another. Errors: as RedisServer::make().
    static Result<std::unique_ptr<RedisGroup>> make(const std::filesystem::path& folder);

    /// "sentinel://127.0.0.1:PORT,…/lab".
    std::string url() const;
    /// Data servers; the first is the master at the start.
    RedisServer& server(std::size_t index) { return *servers_[index]; }
    RedisServer& sentinel(std::size_t index) { return *sentinels_[index]; }
    /// Whom the Sentinel takes for the master; 0: it does not say.
    std::uint16_t master_port(std::size_t sentinel) const;

private:
    RedisGroup() = default;
    bool complete() const;

    std::vector<std::unique_ptr<RedisServer>> servers_;
    std::vector<std::unique_ptr<RedisServer>> sentinels_;
};

}  // namespace syncwatch::lab
