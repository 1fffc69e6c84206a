#pragma once
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "adapters/sqlite/database.h"
#include "adapters/sqlite_log/guard.h"
#include "adapters/sqlite_log/wal_file.h"
#include "ports/clock.h"
#include "ports/database_log.h"

namespace syncwatch::sqlite {

/// The changes of a Database, from its write-ahead log: whatever they are to, schema and tables
/// without keys included.
///
/// A hook on the writer notes the time of each commit. SQLite's own checkpoints are off meanwhile:
/// take() does them, the bulk on its thread, the end of it on the writer's, where nothing is added
/// while the last frames are read. A reader with an old snapshot only delays them.
class ChangeLog final : public DatabaseLog {
public:
    struct Options {
        std::uint64_t checkpoint_bytes = std::uint64_t{4} << 20;  ///< Of log, before the file
                                                                  ///< catches up with it.
    };

    /// `path` is the database's. `database` and `clock` outlive it.
    ChangeLog(Database& database, std::string path, const Clock& clock, Options options);
    /// The log stays as it is, for the next process.
    ~ChangeLog() override;

    Async<> hold() override;
    Async<LogPlace> begin(WallTime after) override;
    Async<> resume(LogPlace after, WallTime whole_until) override;
    Async<LogPiece> take(std::size_t most_bytes) override;
    Async<> let_go() override;
    std::uint64_t waiting_bytes() const override;
    Async<File> file() override;
    Async<std::string> read_file(std::uint64_t offset, std::size_t bytes) override;

private:
    struct Stamp {
        std::uint32_t frames = 0;
        WallTime at{};
    };

    static int on_commit(void* self, sqlite3*, const char*, int frames);
    void committed(std::uint32_t frames);
    WallTime next_time();

    /// Between two commits; the thread of the pool waits for it.
    template <class T>
    Result<T> on_writer(std::function<Result<T>(Connection&)> errand) {
        // Shared: the writer's thread may still be in set_value() when the value is here.
        const auto promise = std::make_shared<std::promise<Result<T>>>();
        auto outcome = promise->get_future();
        database_.between_commits(
            [&errand, promise](Connection& writer) { promise->set_value(errand(writer)); });
        return outcome.get();
    }
    Result<> open();
    Result<> catch_up();
    Result<> keep(Connection& writer);
    Result<LogPlace> begin_now(Connection& writer, WallTime after);
    Result<> resume_now(Connection& writer, LogPlace after, WallTime whole_until);
    Result<bool> has_unseen(LogPlace after) const;
    Result<> recover(const WalHeader& header, LogPlace after);
    void release(Connection& writer);

    Result<LogPiece> take_now(std::size_t most_bytes);
    Result<LogPiece> take_last(Connection& writer, std::size_t most_bytes);
    Result<LogPiece> next_piece(std::size_t most_bytes);
    Result<File> file_now();
    Result<std::string> read_now(std::uint64_t offset, std::size_t bytes);
    std::uint64_t epoch() const;
    LogPiece piece_of(FrameRun run, LogPlace from, WallTime seen_at);

    Database& database_;
    const std::string path_;
    const Clock& clock_;
    const Options options_;

    // Of the thread of the pool, or of the writer's while that one waits for it.
    std::optional<Guard> guard_;
    std::optional<Connection> checkpointer_;
    std::deque<LogPiece> recovered_;
    bool almost_checkpointed_ = false;
    bool catching_up_ = false;  ///< With commits of an earlier process.
    /// What the last checkpoint saw of the log, other processes' commits too.
    std::uint64_t seen_epoch_ = 0;
    std::uint32_t seen_ = 0;
    WallTime whole_until_{};

    mutable std::mutex mutex_;  // Guards the rest; never held while anything waits.
    std::optional<WalFile> wal_;
    WalHeader header_;
    std::uint32_t committed_ = 0;
    LogPlace taken_;
    std::deque<Stamp> stamps_;
    WallTime last_time_{};
    bool kept_ = false;
    bool gap_ = false;

    net::thread_pool pool_{1};
};

}  // namespace syncwatch::sqlite
