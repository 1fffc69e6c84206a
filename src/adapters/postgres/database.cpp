#include "adapters/postgres/database.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "adapters/postgres/migrate.h"

namespace syncwatch::postgres {
namespace {

using namespace std::chrono_literals;

/// A row that was not there when a unit looked and is when it writes: it sees it the next time.
constexpr int kMostForUnique = 3;
constexpr auto kFirstPause = 2ms;
constexpr auto kLongestPause = 100ms;

Instant now() {
    return std::chrono::time_point_cast<Instant::duration>(std::chrono::steady_clock::now());
}

Error not_in_time() {
    return fail_unavailable("database", "no connection was free in time", 2s).value();
}

Result<> ready_schema(Connection& connection, sql::Schema wanted) {
    if (wanted == sql::Schema::Require) SW_CHECK(require_schema(connection));
    SW_CHECK(migrate(connection));
    return {};
}

/// Grows with each try; differs between connections, so that two that were in each other's way do
/// not meet again.
std::chrono::milliseconds pause_before(int tries, unsigned seat) {
    const auto grown = kFirstPause * (1 << std::min(tries, 6));
    const auto spread =
        std::chrono::milliseconds((seat * 7 + static_cast<unsigned>(tries) * 3) % 8);
    return std::min<std::chrono::milliseconds>(grown + spread, kLongestPause);
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(Options options) {
    SW_TRY(auto first, Connection::open(options.settings));
    if (auto ready = ready_schema(*first, options.schema); !ready) {
        return fail(std::move(ready).error().within(first->place()));
    }
    std::unique_ptr<Database> database(new Database(std::move(options)));
    const std::lock_guard lock(database->mutex_);
    database->place_ = first->place();
    for (unsigned i = 0; i < database->options_.connections; ++i) {
        database->threads_.emplace_back([self = database.get(), i] { self->work_until_closed(i); });
    }
    return database;
}

Database::Database(Options options) : options_(std::move(options)) {}

Database::~Database() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    wake_.notify_all();
    closed_.notify_all();
    for (std::thread& each : threads_) each.join();
}

std::string Database::place() const {
    const std::lock_guard lock(mutex_);
    return place_;
}

Database::Counts Database::counts() const {
    return {busy_.load(), connected_.load(), run_again_.load(), timed_out_.load()};
}

void Database::start_write(std::unique_ptr<Unit> unit) {
    enqueue({std::move(unit), Connection::Mode::Write});
}

void Database::start_read(std::unique_ptr<Unit> unit) {
    enqueue({std::move(unit), Connection::Mode::Read});
}

void Database::enqueue(Job job) {
    auto& waiting = job.mode == Connection::Mode::Write ? writes_ : reads_;
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() < options_.max_queued) {
            queue_.push_back(std::move(job));
            waiting.fetch_add(1, std::memory_order_relaxed);
        }
    }
    if (!job.unit) return wake_.notify_one();
    job.unit->give_up(fail_unavailable("database", "the queue of units is full", 2s).value());
    job.unit->answer();
}

void Database::work_until_closed(unsigned number) {
    Seat seat;
    seat.number = number;
    for (;;) {
        Job job;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return closing_ || !queue_.empty(); });
            if (queue_.empty()) return;
            job = std::move(queue_.front());
            queue_.pop_front();
        }
        const bool writes = job.mode == Connection::Mode::Write;
        (writes ? writes_ : reads_).fetch_sub(1, std::memory_order_relaxed);
        busy_.fetch_add(1, std::memory_order_relaxed);
        run(seat, job);
        busy_.fetch_sub(1, std::memory_order_relaxed);
        (writes ? write_seconds_ : read_seconds_)
            .observe(std::chrono::duration<double>(Timer::now() - job.unit->begun).count());
        job.unit->answer();
    }
}

void Database::run(Seat& seat, Job& job) {
    const auto until = job.unit->begun + options_.unit_timeout;
    for (int tries = 0;; ++tries) {
        if (Timer::now() >= until) {
            timed_out_.fetch_add(1, std::memory_order_relaxed);
            // What the last try said is better than that it came too late.
            if (tries == 0) job.unit->give_up(not_in_time());
            return;
        }
        if (!breaker_.admit(now())) {
            job.unit->give_up(
                fail_unavailable("database", "does not answer: " + breaker_.status().why, 1s)
                    .value());
            return;
        }
        if (!connect(seat, job)) return;
        seat.connection->give_up_at(until);
        if (attempt(seat, job, tries) == Ended::Done) return;
    }
}

/// False: nobody takes connections, and the unit has been told.
bool Database::connect(Seat& seat, Job& job) {
    // When one connection was lost, the server behind the others may be a dead one, too: it would
    // take the length of a statement to find out with each.
    const std::uint64_t losses = losses_.load();
    if (seat.connection && seat.connection->usable() && seat.losses == losses) return true;
    seat.connection.reset();
    auto opened = Connection::open(options_.settings);
    if (!opened) {
        breaker_.failed(now(), opened.error().message);
        job.unit->give_up(opened.error());
        return false;
    }
    connected_.fetch_add(1, std::memory_order_relaxed);
    seat.connection = *std::move(opened);
    seat.losses = losses;
    const std::lock_guard lock(mutex_);
    place_ = seat.connection->place();
    return true;
}

Database::Ended Database::attempt(Seat& seat, Job& job, int tries) {
    Connection& connection = *seat.connection;
    connection.begin(job.mode);
    if (job.unit->run(connection)) {
        if (job.mode == Connection::Mode::Read) {
            connection.end_read();
            breaker_.succeeded();
            return Ended::Done;
        }
        const auto committed = connection.commit();
        if (committed) {
            breaker_.succeeded();
            return Ended::Done;
        }
        job.unit->give_up(committed.error());
        if (connection.failure() == Failure::Lost) {
            // Whether it happened is unknown: only who asked can say whether it may happen twice.
            note_loss(seat);
            return Ended::Done;
        }
    } else {
        connection.rollback();
    }
    switch (connection.failure()) {
        case Failure::None:
        case Failure::Statement: breaker_.succeeded(); return Ended::Done;
        case Failure::Unique:
            breaker_.succeeded();
            return tries + 1 < kMostForUnique ? Ended::Again : Ended::Done;
        case Failure::ReadOnly:
        case Failure::Lost: note_loss(seat); return Ended::Again;
        case Failure::Serialization: break;
    }
    breaker_.succeeded();
    run_again_.fetch_add(1, std::memory_order_relaxed);
    std::unique_lock lock(mutex_);
    closed_.wait_for(lock, pause_before(tries, seat.number), [this] { return closing_; });
    return Ended::Again;
}

// No failure for the breaker yet: that the server is gone shows when nobody takes connections.
void Database::note_loss(Seat& seat) {
    losses_.fetch_add(1);
    seat.connection.reset();
}

}  // namespace syncwatch::postgres
