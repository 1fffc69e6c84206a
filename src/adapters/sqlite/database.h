#pragma once
#include <atomic>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/sqlite/connection.h"
#include "base/async/async.h"

namespace syncwatch::sqlite {

/// The embedded database: WAL, one writer thread, a few readers. A unit of work is a function of a
/// Connection that returns Result<T>; it runs whole or not at all.
///
/// Writers that queue up share one commit (and its fsync): a unit's effects are durable when
/// write() returns, never before. A full queue answers Unavailable.
class Database {
public:
    struct Options {
        std::string path;  ///< A file; its folder exists.
        unsigned readers = 2;
        std::size_t max_queued_writes = 4096;
    };

    /// Opens or creates the file, checks it (quick_check after an unclean end is SQLite's own
    /// recovery; a malformed header is Corrupt), and brings the schema up to date.
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
            self->enqueue(
                std::make_unique<WriteOf<Work, Value, decltype(handler)>>(std::move(job),
                                                                         std::move(handler)));
        };
        return net::async_initiate<const net::use_awaitable_t<>, void(Value)>(
            std::move(start), net::use_awaitable, this, std::move(work));
    }

    /// Runs `work` on a reader, in a read transaction: it sees one state of the database.
    template <class Work>
    auto read(Work work) -> net::awaitable<std::invoke_result_t<Work&, Connection&>> {
        using Value = std::invoke_result_t<Work&, Connection&>;
        auto start = [](auto handler, Database* self, Work job) {
            auto guard = net::make_work_guard(net::get_associated_executor(handler));
            net::post(self->reader_pool_, [self, handler = std::move(handler),
                                           job = std::move(job), guard = std::move(guard)]() mutable {
                Value value = self->with_reader(job);
                net::post(guard.get_executor(), [handler = std::move(handler),
                                                 value = std::move(value)]() mutable {
                    std::move(handler)(std::move(value));
                });
            });
        };
        return net::async_initiate<const net::use_awaitable_t<>, void(Value)>(
            std::move(start), net::use_awaitable, this, std::move(work));
    }

    /// Writes waiting for their turn: for metrics.
    std::size_t queued_writes() const { return queued_.load(std::memory_order_relaxed); }

private:
    /// One unit of work in the writer's queue, its type erased.
    struct Write {
        virtual ~Write() = default;
        virtual bool run(Connection& connection) = 0;  ///< False: undo this one.
        virtual void give_up(const Error& error) = 0;  ///< Replaces the answer by `error`.
        virtual void answer() = 0;
    };

    template <class Work, class Value, class Handler>
    struct WriteOf final : Write {
        WriteOf(Work work_in, Handler handler_in)
            : work(std::move(work_in)),
              handler(std::move(handler_in)),
              guard(net::make_work_guard(net::get_associated_executor(handler))) {}

        bool run(Connection& connection) override {
            value = work(connection);
            return value.has_value();
        }
        void give_up(const Error& error) override { value = tl::unexpected<Error>(error); }
        void answer() override {
            net::post(guard.get_executor(),
                      [done = std::move(handler), result = std::move(value)]() mutable {
                          std::move(done)(std::move(result));
                      });
        }

        Work work;
        Handler handler;
        net::executor_work_guard<net::associated_executor_t<Handler>> guard;
        Value value = fail(ErrorCode::Internal, "the write did not run");
    };

    Database(Options options, Connection writer, std::vector<Connection> readers);

    void enqueue(std::unique_ptr<Write> write);
    void write_until_closed();
    void commit_batch(std::vector<std::unique_ptr<Write>>& batch);
    bool run_in_savepoint(Write& write);

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
    net::thread_pool reader_pool_;
    std::thread writer_thread_;
};

}  // namespace syncwatch::sqlite
