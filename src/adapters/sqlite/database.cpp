#include "adapters/sqlite/database.h"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "adapters/sqlite/migrate.h"
#include "base/assert.h"

namespace syncwatch::sqlite {
namespace {

using namespace std::chrono_literals;

/// Units of work that share one commit at most: bounds how long the first of them waits.
constexpr std::size_t kMaxBatch = 128;

/// A full disk or an I/O error ends the whole transaction, not just the unit that met it.
Error transaction_lost() {
    return fail_unavailable("database", "the transaction was lost to a failing disk", 5s).value();
}

Result<> check_integrity(Connection& connection) {
    SW_TRY(auto verdict, connection.query_one("PRAGMA quick_check(1)",
                                              [](const sql::Row& row) { return row.text(0); }));
    if (verdict.value_or("") != "ok") {
        return fail(ErrorCode::Corrupt, "damaged: " + verdict.value_or("no answer"));
    }
    return {};
}

Result<> require_schema(Connection& connection) {
    SW_TRY(const int version, schema_version(connection));
    const int needed = schema().empty() ? 0 : schema().back().version;
    if (version == 0 || version >= needed) return {};
    return fail(ErrorCode::Conflict,
                fmt::format("the database has schema {}, this program needs {}", version, needed),
                "older_schema");
}

/// Errors say which file they are about: an operator may have several.
Result<Connection> open_writer(const std::string& path, sql::Schema wanted) {
    SW_TRY(Connection writer, Connection::open(path, Connection::Mode::ReadWrite));
    const auto prepare = [&]() -> Result<> {
        SW_CHECK(check_integrity(writer));
        if (wanted == sql::Schema::Require) SW_CHECK(require_schema(writer));
        SW_CHECK(writer.script("PRAGMA journal_mode = WAL"));
        SW_CHECK(migrate(writer));
        return {};
    };
    if (auto ready = prepare(); !ready) return fail(std::move(ready).error().within(path));
    return writer;
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(Options options) {
    SW_TRY(Connection writer, open_writer(options.path, options.schema));
    std::vector<Connection> readers;
    for (unsigned i = 0; i < options.readers; ++i) {
        SW_TRY(Connection reader, Connection::open(options.path, Connection::Mode::ReadOnly));
        readers.push_back(std::move(reader));
    }
    return std::unique_ptr<Database>(
        new Database(std::move(options), std::move(writer), std::move(readers)));
}

Database::Database(Options options, Connection writer, std::vector<Connection> readers)
    : options_(std::move(options)),
      writer_(std::move(writer)),
      idle_readers_(std::move(readers)),
      reader_pool_(options_.readers),
      writer_thread_([this] { write_until_closed(); }) {}

Database::~Database() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    wake_.notify_one();
    writer_thread_.join();
    reader_pool_.join();
}

void Database::start_write(std::unique_ptr<Unit> unit) {
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() < options_.max_queued_writes) {
            queue_.push_back(std::move(unit));
            queued_.store(queue_.size(), std::memory_order_relaxed);
        }
    }
    if (!unit) return wake_.notify_one();
    unit->give_up(fail_unavailable("database", "the queue of writes is full", 2s).value());
    unit->answer();
}

void Database::write_until_closed() {
    for (;;) {
        std::vector<std::unique_ptr<Unit>> batch;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return closing_ || !queue_.empty() || !errands_.empty(); });
            if (queue_.empty() && errands_.empty()) return;
            while (!queue_.empty() && batch.size() < kMaxBatch) {
                batch.push_back(std::move(queue_.front()));
                queue_.pop_front();
            }
            queued_.store(queue_.size(), std::memory_order_relaxed);
        }
        run_errands();
        if (batch.empty()) continue;
        commit_batch(batch);
        for (auto& unit : batch) {
            const std::chrono::duration<double> took = Timer::now() - unit->begun;
            write_seconds_.observe(took.count());
            unit->answer();
        }
    }
}

void Database::between_commits(std::function<void(Connection&)> errand) {
    {
        const std::lock_guard lock(mutex_);
        errands_.push_back(std::move(errand));
    }
    wake_.notify_one();
}

void Database::run_errands() {
    std::vector<std::function<void(Connection&)>> errands;
    {
        const std::lock_guard lock(mutex_);
        errands.swap(errands_);
    }
    for (const auto& errand : errands) errand(writer_);
}

void Database::commit_batch(std::vector<std::unique_ptr<Unit>>& batch) {
    const auto all_failed = [&](const Error& error) {
        (void)writer_.script("ROLLBACK");
        for (auto& unit : batch) unit->give_up(error);
    };
    if (auto begun = writer_.script("BEGIN IMMEDIATE"); !begun) return all_failed(begun.error());
    for (auto& unit : batch) {
        if (!run_in_savepoint(*unit)) return all_failed(transaction_lost());
    }
    if (auto done = writer_.script("COMMIT"); !done) all_failed(done.error());
}

/// False when the whole transaction is beyond use.
bool Database::run_in_savepoint(Unit& unit) {
    if (!writer_.script("SAVEPOINT unit")) return false;
    if (unit.run(writer_)) return writer_.script("RELEASE unit").has_value();
    return writer_.script("ROLLBACK TO unit; RELEASE unit").has_value();
}

void Database::start_read(std::unique_ptr<Unit> unit) {
    if (reads_.fetch_add(1, std::memory_order_relaxed) >= options_.max_queued_reads) {
        reads_.fetch_sub(1, std::memory_order_relaxed);
        unit->give_up(fail_unavailable("database", "the queue of reads is full", 2s).value());
        return unit->answer();
    }
    net::post(reader_pool_, [this, unit = std::move(unit)] {
        read_now(*unit);
        reads_.fetch_sub(1, std::memory_order_relaxed);
        read_seconds_.observe(std::chrono::duration<double>(Timer::now() - unit->begun).count());
        unit->answer();
    });
}

void Database::read_now(Unit& unit) {
    Connection reader = take_reader();
    if (auto begun = reader.script("BEGIN"); !begun) {
        unit.give_up(begun.error());
    } else {
        (void)unit.run(reader);
        (void)reader.script("COMMIT");
    }
    give_back(std::move(reader));
}

Connection Database::take_reader() {
    const std::lock_guard lock(mutex_);
    SW_ASSERT(!idle_readers_.empty());  // As many readers as threads in the pool.
    Connection reader = std::move(idle_readers_.back());
    idle_readers_.pop_back();
    return reader;
}

void Database::give_back(Connection reader) {
    const std::lock_guard lock(mutex_);
    idle_readers_.push_back(std::move(reader));
}

}  // namespace syncwatch::sqlite
