#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapters/postgres/connection.h"
#include "adapters/postgres/settings.h"
#include "adapters/sql/database.h"
#include "base/circuit_breaker.h"

namespace syncwatch::postgres {

/// The production database: a pool of connections, each with a thread that runs one unit of work
/// after the other. Writes are serializable, and run again when others were in their way or the
/// connection was lost before their commit; a server that was replaced is found without a restart.
/// While nobody answers, units are refused at once but for a try now and then.
class Database final : public sql::Database {
public:
    struct Options {
        Settings settings;
        sql::Schema schema = sql::Schema::Migrate;
        unsigned connections = 8;
        std::size_t max_queued = 8192;  ///< Units that wait; over it, new ones are refused.
        /// A unit that has not ended by then is given up: below the ten seconds of a request.
        std::chrono::milliseconds unit_timeout{8000};
    };

    /// Connects once and brings the schema up to date. Errors: Unavailable (nobody answers, reason
    /// "read_only": nobody takes writes), Conflict (reason "newer_schema", "older_schema").
    static Result<std::unique_ptr<Database>> open(Options options);
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    /// Finishes what is queued, then closes. No call may be under way.
    ~Database() override;

    std::size_t queued_writes() const override { return writes_.load(std::memory_order_relaxed); }
    std::size_t queued_reads() const override { return reads_.load(std::memory_order_relaxed); }

    CircuitBreaker& breaker() { return breaker_; }
    const CircuitBreaker& breaker() const { return breaker_; }
    /// "HOST:PORT/DATABASE" of the last server that was connected to.
    std::string place() const;

    /// For metrics, since the start.
    struct Counts {
        std::size_t busy = 0;         ///< Connections that run a unit now.
        std::uint64_t connected = 0;  ///< New connections.
        std::uint64_t run_again = 0;  ///< Units that others were in the way of.
        std::uint64_t timed_out = 0;  ///< Units that were given up.
    };
    Counts counts() const;

protected:
    void start_write(std::unique_ptr<Unit> unit) override;
    void start_read(std::unique_ptr<Unit> unit) override;

private:
    struct Job {
        std::unique_ptr<Unit> unit;
        Connection::Mode mode = Connection::Mode::Read;
    };
    /// A thread's connection, and how many were known to be lost when it was made.
    struct Seat {
        std::unique_ptr<Connection> connection;
        std::uint64_t losses = 0;
        unsigned number = 0;
    };
    enum class Ended : std::uint8_t { Done, Again };

    explicit Database(Options options);

    void enqueue(Job job);
    void work_until_closed(unsigned number);
    void run(Seat& seat, Job& job);
    bool connect(Seat& seat, Job& job);
    Ended attempt(Seat& seat, Job& job, int tries);
    void note_loss(Seat& seat);

    const Options options_;
    CircuitBreaker breaker_{"database"};
    mutable std::mutex mutex_;        // Guards the queue, place_ and closing_; never held over SQL.
    std::condition_variable wake_;    // There is a job, or the end.
    std::condition_variable closed_;  // The end.
    std::deque<Job> queue_;
    std::string place_;
    bool closing_ = false;
    std::atomic<std::uint64_t> losses_{0};
    std::atomic<std::size_t> writes_{0};
    std::atomic<std::size_t> reads_{0};
    std::atomic<std::size_t> busy_{0};
    std::atomic<std::uint64_t> connected_{0};
    std::atomic<std::uint64_t> run_again_{0};
    std::atomic<std::uint64_t> timed_out_{0};
    std::vector<std::thread> threads_;
};

}  // namespace syncwatch::postgres
