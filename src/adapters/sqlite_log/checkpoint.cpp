#include "adapters/sqlite_log/checkpoint.h"

#include <algorithm>

#include <fmt/format.h>

namespace syncwatch::sqlite {

Result<Checkpointed> checkpoint(Connection& connection) {
    using namespace std::chrono_literals;
    int log = 0;
    int done = 0;
    const int code = sqlite3_wal_checkpoint_v2(connection.native(), "main",
                                               SQLITE_CHECKPOINT_PASSIVE, &log, &done);
    const auto frames = static_cast<std::uint32_t>(std::max(log, 0));
    // Somebody else is at it.
    if (code == SQLITE_BUSY) return Checkpointed{frames, 0};
    if (code != SQLITE_OK) {
        return fail_unavailable("database", fmt::format("checkpoint: {}", sqlite3_errstr(code)),
                                5s);
    }
    return Checkpointed{frames, static_cast<std::uint32_t>(std::max(done, 0))};
}

}  // namespace syncwatch::sqlite
