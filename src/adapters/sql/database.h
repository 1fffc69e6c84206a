#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/sql/connection.h"
#include "base/async/async.h"
#include "base/async/resumption.h"
#include "base/histogram.h"

namespace syncwatch::sql {

/// What to do about a schema that is older than this program.
enum class Schema : std::uint8_t {
    Migrate,
    Require,  ///< Refuse: a server of the older version may be running on it.
};

/// A database that runs units of work: functions of a Connection that return Result<T>. Each runs
/// whole or not at all, as if it were alone, and perhaps more than once: what it does besides is
/// lost or doubled. Its effects are durable when write() returns.
/// Errors beside the unit's own: Unavailable (component "database": it is away, too busy, or the
/// end of a write was not heard: whether it happened is unknown then).
class Database {
public:
    virtual ~Database() = default;

    /// Runs `work` in a transaction; rolled back if it returns an error.
    template <class Work>
    auto write(Work work) -> net::awaitable<std::invoke_result_t<Work&, Connection&>> {
        using Value = std::invoke_result_t<Work&, Connection&>;
        auto start = [](auto handler, Database* self, Work job) {
            self->start_write(std::make_unique<UnitOf<Work, Value, decltype(handler)>>(
                std::move(job), std::move(handler)));
        };
        return net::async_initiate<const net::use_awaitable_t<>, void(Value)>(
            std::move(start), net::use_awaitable, this, std::move(work));
    }

    /// Runs `work`, which only reads: it sees one state of the database.
    template <class Work>
    auto read(Work work) -> net::awaitable<std::invoke_result_t<Work&, Connection&>> {
        using Value = std::invoke_result_t<Work&, Connection&>;
        auto start = [](auto handler, Database* self, Work job) {
            self->start_read(std::make_unique<UnitOf<Work, Value, decltype(handler)>>(
                std::move(job), std::move(handler)));
        };
        return net::async_initiate<const net::use_awaitable_t<>, void(Value)>(
            std::move(start), net::use_awaitable, this, std::move(work));
    }

    /// For metrics: units that wait for their turn, and how long units took, the wait included.
    virtual std::size_t queued_writes() const = 0;
    virtual std::size_t queued_reads() const = 0;
    const LatencyHistogram& write_seconds() const { return write_seconds_; }
    const LatencyHistogram& read_seconds() const { return read_seconds_; }

protected:
    using Timer = std::chrono::steady_clock;

    /// One unit of work, its type erased. Somebody calls answer() in the end, once.
    class Unit {
    public:
        virtual ~Unit() = default;
        virtual bool run(Connection& connection) = 0;  ///< False: undo it.
        virtual void give_up(const Error& error) = 0;  ///< Replaces the answer by `error`.
        virtual void answer() = 0;

        const Timer::time_point begun = Timer::now();
    };

    virtual void start_write(std::unique_ptr<Unit> unit) = 0;
    virtual void start_read(std::unique_ptr<Unit> unit) = 0;

    LatencyHistogram write_seconds_{kLatencyBounds};
    LatencyHistogram read_seconds_{kLatencyBounds};

private:
    template <class Work, class Value, class Handler>
    class UnitOf final : public Unit {
    public:
        UnitOf(Work work, Handler handler) : work_(std::move(work)), waiting_(std::move(handler)) {}

        bool run(Connection& connection) override {
            value_ = work_(connection);
            return value_.has_value();
        }
        void give_up(const Error& error) override { value_ = tl::unexpected<Error>(error); }
        void answer() override { waiting_.resume(std::move(value_)); }

    private:
        Work work_;
        Resumption<Handler> waiting_;
        Value value_ = fail(ErrorCode::Internal, "the unit did not run");
    };
};

}  // namespace syncwatch::sql
