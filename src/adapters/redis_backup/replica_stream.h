#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "adapters/redis/connection.h"
#include "base/async/async.h"
#include "ports/clock.h"

namespace syncwatch::redis {

struct FetchOptions {
    Connection::Options connection;
    /// A server that prepares says so every ten seconds at least; so long without a byte, and it
    /// hangs.
    std::chrono::milliseconds silence{60'000};
    std::chrono::milliseconds whole{4 * 3'600'000};  ///< For all of it, however it trickles.
};

/// What a server said of the data that it sent.
struct Fetched {
    std::string replid;
    std::int64_t offset = 0;
    std::uint64_t bytes = 0;
    WallTime announced{};  ///< When it said that it begins: nothing in it is of later.
};

/// Takes all data of a server as an RDB into a new file, which is durable when this returns and
/// gone when it fails. We ask as a replica would (PSYNC) and leave behind the RDB, and so are told
/// up to where it goes, which `redis-cli --rdb` is not; that checks no name in certificates, waits
/// for a hanging server for ever, and before 7.0.6 could miss the end of a diskless transfer
/// (redis/redis#11296). Files are written on `pool`.
/// Errors: Unavailable (component "disk" where that is why), Forbidden, Timeout, Corrupt (what it
/// sends is no RDB stream), Conflict (the file is there).
Async<Fetched> fetch_rdb(Endpoint endpoint, FetchOptions options, std::filesystem::path into,
                         Clock& clock, net::thread_pool& pool);

}  // namespace syncwatch::redis
