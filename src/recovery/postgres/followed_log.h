#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "domain/wal/segment.h"

namespace syncwatch::recovery {

/// How a server's log comes into the places for backups while it is written: as the server says,
/// and as is found there.
struct FollowedLog {
    struct OfPlace {
        std::string name;
        std::string trouble;                 ///< Why nobody can say. Empty: it answers.
        std::optional<std::uint64_t> bytes;  ///< That are not there yet; nullopt: nothing is.
        /// For so long they have been missing, as far as somebody watched.
        std::chrono::seconds behind{0};
    };
    std::string trouble;  ///< Why the server cannot be asked. Empty: it answers.
    std::string slot;
    bool has_slot = false;
    bool is_followed = false;                ///< Somebody takes the log now.
    bool is_lost = false;                    ///< The server kept no longer what was not taken.
    std::uint64_t kept_bytes = 0;            ///< That the server keeps until they were taken.
    std::optional<std::uint64_t> kept_most;  ///< nullopt: until its disk is full.
    std::vector<OfPlace> places;
};

/// What is wrong, and what to do about it. One line each.
struct LogFault {
    std::string what;
    std::string next;
};
/// The log does not come, or comes too slowly: a loss of the server would cost more than seconds.
std::optional<LogFault> falls_behind(const FollowedLog& log);
/// The server keeps so much of it that its disk fills, or that it will be lost.
std::optional<LogFault> piles_up(const FollowedLog& log);
/// In one line: "streamed; near all of it, far all but 0.1 MB; PostgreSQL keeps 3.0 MB for it".
std::string describe(const FollowedLog& log);

/// Since when a place has been behind, by where the server was when somebody looked.
class LogLag {
public:
    /// Of looks that are remembered; beyond it only those that are further apart.
    static constexpr std::size_t kMost = 4096;

    /// The server is at `position` now.
    void note(Instant now, wal::Lsn position);
    /// The log goes to `durable` in that place.
    void note(const std::string& place, wal::Lsn durable) { durable_[place] = durable; }
    /// For how long the server has been further than the place was when it last answered. Zero: it
    /// is not, or nobody knows.
    std::chrono::seconds behind(Instant now, const std::string& place) const;

private:
    struct Look {
        Instant at;
        wal::Lsn position;
    };
    void thin_out();

    std::deque<Look> looks_;  ///< Each further than the one before.
    Instant::duration apart_{};
    std::map<std::string, wal::Lsn> durable_;
};

}  // namespace syncwatch::recovery
