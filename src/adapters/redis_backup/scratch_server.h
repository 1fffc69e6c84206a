#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "adapters/program/child.h"
#include "adapters/redis_backup/rdb_check.h"
#include "adapters/redis_backup/servers.h"
#include "base/async/async.h"
#include "ports/random.h"

namespace syncwatch::redis {

/// The data folder of a server that keeps an append-only file: its only base is `rdb`, which is
/// moved or named there by whoever calls. The lines of the manifest of Redis 7.
struct AofLayout {
    static constexpr const char* kFolder = "appendonlydir";
    static constexpr const char* kBase = "appendonly.aof.1.base.rdb";
    static constexpr const char* kManifest = "appendonly.aof.manifest";
    static constexpr const char* kText = "file appendonly.aof.1.base.rdb seq 1 type b\n";
};

/// A Redis of our own for a while, with the data of an RDB: on loopback, with a password that
/// nobody knows, nothing kept, as "nobody" where we are root. It ends with the object.
class ScratchServer {
public:
    struct Options {
        std::filesystem::path folder;  ///< Empty, and ours: all that it needs goes there.
        bool append_only = false;      ///< Loads it as a server with appendonly yes does.
        std::chrono::milliseconds load_within{3'600'000};
        std::size_t max_reply = std::size_t{4} << 20;
    };

    /// Returns when it has loaded all. Errors: Corrupt (it does not load), NotFound (redis-server
    /// is not installed), Unavailable (no space on the disk, or in memory), Timeout.
    static Async<std::unique_ptr<ScratchServer>> start(std::filesystem::path rdb, RdbFacts facts,
                                                       Options options, Random& random,
                                                       net::thread_pool& pool);

    /// As of when it had loaded.
    const Info& info() const { return server_->info; }
    const std::shared_ptr<Connection>& connection() const { return server_->connection; }

private:
    ScratchServer(program::Child child, OpenServer server)
        : child_(std::move(child)), server_(std::move(server)) {}

    program::Child child_;
    std::optional<OpenServer> server_;
};

}  // namespace syncwatch::redis
