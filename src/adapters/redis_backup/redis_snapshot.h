#pragma once
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "adapters/redis/client.h"
#include "adapters/redis_backup/rdb_check.h"
#include "adapters/redis_backup/scratch_server.h"
#include "ports/clock.h"
#include "ports/random.h"
#include "ports/snapshot_source.h"

namespace syncwatch::redis {

/// All data of a Redis as one RDB file, taken over the network.
class RedisSnapshot final : public SnapshotSource {
public:
    struct Options {
        /// Where it is; Sentinels name a replica that is up to date, or the master. Not needed to
        /// look at files.
        Client::Options server;
        std::chrono::milliseconds silence{60'000};              ///< As FetchOptions::silence.
        std::chrono::milliseconds fetch_within{4 * 3'600'000};  ///< For a whole transfer.
        std::chrono::milliseconds check_within{3'600'000};      ///< For redis-check-rdb.
        std::chrono::milliseconds load_within{3'600'000};       ///< For a server of our own.
    };
    /// They outlive it.
    struct Powers {
        Clock& clock;
        Random& random;
        net::thread_pool& pool;  ///< Reads and writes files.
    };

    RedisSnapshot(Options options, Powers powers) : options_(std::move(options)), powers_(powers) {}

    std::string file_name() const override { return "dump.rdb"; }
    /// Errors also: NotFound (redis-check-rdb is not installed), Forbidden, Corrupt (what came is
    /// no RDB, or is empty while the server was not).
    Async<Facts> take(std::filesystem::path into) override;
    Async<Counts> inspect(std::filesystem::path file) override;
    Async<Counts> rehearse(std::filesystem::path file, std::filesystem::path scratch) override;

    /// As rehearse(), in the way that a server with an append-only file loads it.
    Async<Counts> rehearse_append_only(std::filesystem::path file, std::filesystem::path scratch);

private:
    Async<Counts> rehearse_as(std::filesystem::path file, std::filesystem::path scratch,
                              bool append_only);

    const Options options_;
    const Powers powers_;
};

/// Whether a server loaded all that a file has, and can be read and written. Errors: Corrupt.
Async<> look_at_loaded(const ScratchServer& server, RdbFacts facts, Random& random);

}  // namespace syncwatch::redis
