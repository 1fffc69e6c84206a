#pragma once
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "adapters/sql/database.h"
#include "adapters/sqlite/connection.h"

namespace syncwatch::sqlite {

/// The embedded database: WAL, one writer thread, a few readers.
///
/// Writers that queue up share one commit (and its fsync): a unit's effects are durable when
/// write() returns, never before. A full queue answers Unavailable.
class Database final : public sql::Database {
public:
    struct Options {
        std::string path;  ///< A file; its folder exists.
        sql::Schema schema = sql::Schema::Migrate;
        unsigned readers = 2;
        std::size_t max_queued_writes = 4096;
        std::size_t max_queued_reads = 16'384;  ///< With those that run.
    };

    /// Opens or creates the file, checks it (quick_check after an unclean end is SQLite's own
    /// recovery; a malformed header is Corrupt), and brings the schema up to date; a new file gets
    /// it in any case. Errors: Corrupt, Unavailable, Conflict (reason "newer_schema",
    /// "older_schema").
    static Result<std::unique_ptr<Database>> open(Options options);
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    /// Finishes what is queued, then closes. No call may be under way.
    ~Database() override;

    /// Runs `errand` on the writer's thread, outside any transaction and before later commits.
    void between_commits(std::function<void(Connection&)> errand);

    std::size_t queued_writes() const override { return queued_.load(std::memory_order_relaxed); }
    std::size_t queued_reads() const override { return reads_.load(std::memory_order_relaxed); }

protected:
    void start_write(std::unique_ptr<Unit> unit) override;
    void start_read(std::unique_ptr<Unit> unit) override;

private:
    Database(Options options, Connection writer, std::vector<Connection> readers);

    void write_until_closed();
    void run_errands();
    void commit_batch(std::vector<std::unique_ptr<Unit>>& batch);
    bool run_in_savepoint(Unit& unit);
    void read_now(Unit& unit);

    Connection take_reader();
    void give_back(Connection reader);

    const Options options_;
    Connection writer_;
    std::mutex mutex_;  // Guards the queues, the idle readers and closing_; never held over SQL.
    std::condition_variable wake_;
    std::deque<std::unique_ptr<Unit>> queue_;
    std::vector<std::function<void(Connection&)>> errands_;
    std::vector<Connection> idle_readers_;
    bool closing_ = false;
    std::atomic<std::size_t> queued_{0};
    std::atomic<std::size_t> reads_{0};
    net::thread_pool reader_pool_;
    std::thread writer_thread_;
};

}  // namespace syncwatch::sqlite
