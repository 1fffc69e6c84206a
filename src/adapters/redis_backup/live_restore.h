#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "adapters/redis/client.h"
#include "adapters/redis_backup/rdb_check.h"
#include "base/async/async.h"
#include "ports/clock.h"
#include "ports/random.h"

namespace syncwatch::redis {

/// What runs, before anything is done to it.
struct LiveServer {
    std::string at;      ///< host:port.
    std::string run_id;  ///< Another one after each start.
    std::string version;
    std::uint64_t keys = 0;
    bool append_only = false;
    std::int64_t replicas = 0;
};

struct BroughtBack {
    std::uint64_t keys_before = 0;
    std::uint64_t brought = 0;  ///< Keys that were written.
    std::uint64_t expired = 0;  ///< Whose time had come.
    std::uint64_t kept = 0;     ///< That somebody had written anew meanwhile: theirs stay.
    std::uint64_t keys_after = 0;
    bool append_only = false;   ///< It is on now, and holds all this.
    bool saved = false;         ///< An RDB of it was written by the server.
    bool wrote_config = false;  ///< CONFIG REWRITE, so that append_only stays.
};

/// Brings an RDB back into a master that runs, over the network: a server of our own loads it, and
/// each key is written to the other with RESTORE. What is on takes it as any write: its append-only
/// file, its replicas, and Sentinels, which need not be stopped. The place where no restart reads
/// the wrong file.
class LiveRestore {
public:
    struct Options {
        Client::Options server;
        std::filesystem::path scratch;  ///< Empty, and ours.
        /// Where all that the server has goes first, if it has anything.
        std::filesystem::path keep;
        bool turn_on_append_only = false;
        std::chrono::milliseconds rewrite_within{3'600'000};
    };
    /// They outlive it.
    struct Powers {
        Clock& clock;
        Random& random;
        net::thread_pool& pool;
    };

    LiveRestore(Options options, Powers powers) : options_(std::move(options)), powers_(powers) {}

    /// Errors: Conflict (it is no master: reason "not_master"; a cluster: "redis_cluster"; it is
    /// still loading: "redis_loads"), Unavailable, Forbidden.
    Async<LiveServer> look();
    /// Empties the server and brings the file back. When it fails behind the emptying, all that was
    /// there is in `keep`, and it can be done again. `seen`: what look() saw. Errors: Conflict (it
    /// is another server by now, or was empty and is not any more), Corrupt (the file does not
    /// load), others as of their causes.
    Async<BroughtBack> bring_back(std::filesystem::path rdb, RdbFacts facts, LiveServer seen);

private:
    const Options options_;
    const Powers powers_;
};

}  // namespace syncwatch::redis
