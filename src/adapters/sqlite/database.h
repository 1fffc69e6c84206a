#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/sqlite/connection.h"
#include "base/async/async.h"
#include "base/async/resumption.h"
#include "base/histogram.h"

namespace syncwatch::sqlite {

/// The embedded database: WAL, one writer thread, a few readers. A unit of work is a function of a
/// Connection that returns Result<T>; it runs whole or not at all.
///
/// Writers that queue up share one commit (and its fsync): a unit's effects are durable when
/// write() returns, never before. A full queue answers Unavailable.
class Database {
public:
    /// What to do about a schema that is older than this program.
    enum class Schema : std::uint8_t {
        Migrate,
        Require,  ///< Refuse: a server of the older version may be running on it.
    };
    struct Options {
        std::string path;  ///< A file; its folder exists.
        Schema schema = Schema::Migrate;
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
    ~Database();

    /// Runs `work` in a transaction on the writer thread; rolled back if it returns an error.
    template <class Work>
    auto write(Work work) -> net::awaitable<std::invoke_result_t<Work&, Connection&>> {
        using Value = std::invoke_result_t<Work&, Connection&>;
        auto start = [](auto handler, Database* self, Work job) {
            self->enqueue(std::make_unique<WriteOf<Work, Value, decltype(handler)>>(
                std::move(job), std::move(handler)));
        };
        return net::async_initiate<const net::use_awaitable_t<>, void(Value)>(
            std::move(start), net::use_awaitable, this, std::move(work));
    }

    /// Runs `work` on a reader, in a read transaction: it sees one state of the database.
    template <class Work>
    auto read(Work work) -> net::awaitable<std::invoke_result_t<Work&, Connection&>> {
        using Value = std::invoke_result_t<Work&, Connection&>;
        auto start = [](auto handler, Database* self, Work job) {
            auto waiting = Resumption(std::move(handler));
            const ReadPlace place = self->take_read_place();
            if (!place) return waiting.resume(Value(tl::unexpected<Error>(too_many_reads())));
            auto run = [self, waiting = std::move(waiting), job = std::move(job), place]() mutable {
                Value value = self->with_reader(job);
                self->leave_read_place(place);
                waiting.resume(std::move(value));
            };
            net::post(self->reader_pool_, std::move(run));
        };
        return net::async_initiate<const net::use_awaitable_t<>, void(Value)>(
            std::move(start), net::use_awaitable, this, std::move(work));
    }

    /// For metrics: units waiting for their turn, and how long units took, the wait included.
    std::size_t queued_writes() const { return queued_.load(std::memory_order_relaxed); }
    std::size_t queued_reads() const { return reads_.load(std::memory_order_relaxed); }
    const LatencyHistogram& write_seconds() const { return write_seconds_; }
    const LatencyHistogram& read_seconds() const { return read_seconds_; }

private:
    using Timer = std::chrono::steady_clock;

    /// One unit of work in the writer's queue, its type erased.
    struct Write {
        virtual ~Write() = default;
        virtual bool run(Connection& connection) = 0;  ///< False: undo this one.
        virtual void give_up(const Error& error) = 0;  ///< Replaces the answer by `error`.
        virtual void answer() = 0;

        const Timer::time_point begun = Timer::now();
    };
    /// A place among the reads that wait or run; nullopt: there are too many already.
    using ReadPlace = std::optional<Timer::time_point>;

    template <class Work, class Value, class Handler>
    struct WriteOf final : Write {
        WriteOf(Work work_in, Handler handler_in)
            : work(std::move(work_in)), waiting(std::move(handler_in)) {}

        bool run(Connection& connection) override {
            value = work(connection);
            return value.has_value();
        }
        void give_up(const Error& error) override { value = tl::unexpected<Error>(error); }
        void answer() override { waiting.resume(std::move(value)); }

        Work work;
        Resumption<Handler> waiting;
        Value value = fail(ErrorCode::Internal, "the write did not run");
    };

    Database(Options options, Connection writer, std::vector<Connection> readers);

    void enqueue(std::unique_ptr<Write> write);
    void write_until_closed();
    void commit_batch(std::vector<std::unique_ptr<Write>>& batch);
    bool run_in_savepoint(Write& write);

    ReadPlace take_read_place();
    void leave_read_place(ReadPlace place);
    static Error too_many_reads();
    Connection take_reader();
    void give_back(Connection reader);
    template <class Work>
    auto with_reader(Work& work) -> std::invoke_result_t<Work&, Connection&> {
        Connection reader = take_reader();
        std::invoke_result_t<Work&, Connection&> value = fail(ErrorCode::Internal, "did not run");
        if (auto begun = reader.script("BEGIN"); !begun) {
            value = tl::unexpected<Error>(std::move(begun).error());
        } else {
            value = work(reader);
            (void)reader.script("COMMIT");
        }
        give_back(std::move(reader));
        return value;
    }

    const Options options_;
    Connection writer_;
    std::mutex mutex_;  // Guards the queue, the idle readers and closing_; never held over SQL.
    std::condition_variable wake_;
    std::deque<std::unique_ptr<Write>> queue_;
    std::vector<Connection> idle_readers_;
    bool closing_ = false;
    std::atomic<std::size_t> queued_{0};
    std::atomic<std::size_t> reads_{0};
    LatencyHistogram write_seconds_{kLatencyBounds};
    LatencyHistogram read_seconds_{kLatencyBounds};
    net::thread_pool reader_pool_;
    std::thread writer_thread_;
};

}  // namespace syncwatch::sqlite
