#pragma once
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "ports/backup_repository.h"
#include "ports/clock.h"
#include "ports/database_log.h"
#include "ports/random.h"
#include "recovery/embedded/manifest.h"
#include "recovery/embedded/piece.h"
#include "recovery/embedded/survey.h"

namespace syncwatch::recovery {

struct ShipperSettings {
    std::string cluster;
    std::chrono::milliseconds every{1000};         ///< What is lost at most, with the machine.
    std::chrono::milliseconds mark_every{60'000};  ///< While nothing changes: to say just that.
    std::chrono::hours base_every{24};             ///< Between copies of the whole file.
    std::chrono::milliseconds part_pause{10};      ///< Between parts of a copy, at least.
    std::chrono::seconds patience{30};             ///< For one call of the repository.
    std::chrono::milliseconds first_retry{500};
    std::chrono::milliseconds last_retry{15'000};
    std::size_t piece_bytes = std::size_t{8} << 20;
    /// Small: while a part is made durable on the database's own disk, commits wait.
    std::size_t part_bytes = std::size_t{1} << 20;
    /// Of log that the repository was not there for. Beyond it the log is let go, and a new
    /// generation begins when the repository is back: the disk must not fill.
    std::uint64_t most_waiting_bytes = std::uint64_t{256} << 20;
};

struct ShipperStatus {
    enum class State : std::uint8_t {
        Starting,
        Following,   ///< All is well.
        Away,        ///< The repository does not answer; the log waits.
        FellBehind,  ///< The log was let go: from `shipped_until` on nothing can be restored.
    };

    State state = State::Starting;
    std::string generation;
    std::uint64_t piece = 0;   ///< The last one that was shipped.
    WallTime shipped_until{};  ///< What a loss of this machine now would come back to.
    WallTime whole_from{};     ///< Of the last copy; zero: there is none of this process.
    bool has_base = false;     ///< Of this generation. Without, nothing of it can be restored.
    std::uint64_t waiting_bytes = 0;
    std::string trouble;  ///< The last error; empty when all is well.
};

/// Brings the log of an embedded database to a repository, all the time, and a copy of its file
/// now and then. What it ships is there for good before it is called shipped. One per database.
///
/// A generation is a log without gaps. It goes on in the next process if the database's own log
/// proves that nothing is missing; else a new one begins with a copy of its own.
class Shipper {
public:
    /// All outlive it. `pool` is for digests.
    Shipper(DatabaseLog& log, BackupRepository& repository, Clock& clock, Random& random,
            net::thread_pool& pool, ShipperSettings settings);

    /// Goes on until cancelled.
    net::awaitable<void> run();
    /// After run(), before the end: ships what is there. Errors: as the repository's.
    Async<> finish();
    /// From any thread.
    ShipperStatus status() const;

private:
    Async<> follow();
    Async<> choose_generation();
    const Generation* candidate(const std::vector<Generation>& generations) const;
    Async<bool> go_on_with(std::string generation, PieceName last);
    Async<> start_generation(WallTime after);

    /// Until nothing is waiting, or so many pieces; with `marked`, at least one.
    Async<> ship_waiting(bool marked, unsigned most = ~0U);
    Async<> ship_in_hand();
    bool goes_on(const LogPlace& from) const;
    Async<> copy_base();
    Async<BaseManifest::Part> copy_part(std::string folder, std::size_t number,
                                        std::uint64_t offset, std::size_t bytes);
    /// Tries until it is there, or too much is waiting.
    Async<> store(std::string name, std::string bytes);
    Async<> check_waiting();
    /// Now and then: that nobody else writes to this generation.
    Async<> check_alone();
    Async<> leave_to_others(std::string why);
    net::awaitable<void> rest(std::chrono::milliseconds time);
    bool is_base_due() const;

    void note_trouble(const Error& error);
    void note(ShipperStatus::State state);

    DatabaseLog& log_;
    BackupRepository& repository_;
    Clock& clock_;
    Random& random_;
    net::thread_pool& pool_;
    const ShipperSettings settings_;

    bool held_ = false;
    std::string generation_;
    std::uint64_t number_ = 0;         ///< Of the last piece.
    LogPlace end_;                     ///< Where it ended.
    std::optional<LogPiece> in_hand_;  ///< Taken, and not known to be shipped.
    std::string previous_;             ///< Its digest.
    std::uint64_t epoch_ = 0;          ///< Of the last piece.
    std::uint64_t epoch_piece_ = 0;    ///< The first of an epoch, from which a copy can go on.
    Instant shipped_at_{};
    Instant alone_at_{};  ///< When that was last checked.
    WallTime base_at_{};  ///< Zero: this generation has none.
    WallTime whole_until_{};
    std::set<std::string> foreign_;  ///< Generations that others write to.

    mutable std::mutex mutex_;  // Guards the status.
    ShipperStatus status_;
};

}  // namespace syncwatch::recovery
