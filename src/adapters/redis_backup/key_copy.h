#pragma once
#include <cstdint>
#include <memory>

#include "adapters/redis/connection.h"
#include "base/async/async.h"

namespace syncwatch::redis {

struct CopiedKeys {
    std::uint64_t written = 0;
    std::uint64_t gone = 0;   ///< Their time had come.
    std::uint64_t there = 0;  ///< Left as they are at the target.
};

/// Largest value, and most bytes that are under way: what Redis itself takes at most
/// (proto-max-bulk-len), with its frame.
inline constexpr std::size_t kMaxValue = (std::size_t{512} << 20) + (std::size_t{1} << 16);

/// Writes all keys of one database of `from` to the same one of `to`, with the ends of their time;
/// those that `to` has stay. `from` does not change meanwhile, and takes replies of kMaxValue.
/// Errors: Unavailable, with the words of the server that refused.
Async<CopiedKeys> copy_keys(std::shared_ptr<Connection> from, std::shared_ptr<Connection> to,
                            unsigned database);

/// Functions (FUNCTION LOAD); a server that knows none has none. Errors: Unavailable.
Async<> copy_functions(std::shared_ptr<Connection> from, std::shared_ptr<Connection> to);

}  // namespace syncwatch::redis
