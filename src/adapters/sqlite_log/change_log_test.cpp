#include "adapters/sqlite_log/change_log.h"

#include <set>

#include <gtest/gtest.h>

#include "adapters/sqlite_log/rebuild.h"
#include "adapters/system/system_clock.h"
#include "base/async/run_to_end.h"
#include "harness/must.h"
#include "harness/temp_folder.h"

namespace syncwatch::sqlite {
namespace {

namespace fs = std::filesystem;

/// One life of the process that owns the database.
struct Life {
    explicit Life(const fs::path& path, std::uint64_t checkpoint_bytes = 64 << 10) : clock() {
        Database::Options options;
        options.path = path;
        database = must(Database::open(options));
        ChangeLog::Options log_options;
        log_options.checkpoint_bytes = checkpoint_bytes;
        log = std::make_unique<ChangeLog>(*database, path, clock, log_options);
    }

    void write(const std::string& sql) {
        auto work = [sql](sql::Connection& c) -> Result<> {
            SW_CHECK(static_cast<Connection&>(c).script(sql));
            return {};
        };
        must(run_to_end(database->write(std::move(work))));
    }
    void add_rows(int count) {
        for (int i = 0; i < count; ++i) write("INSERT INTO t(x) VALUES(randomblob(900))");
    }
    std::vector<LogPiece> take_all(std::size_t most = 1 << 20) {
        std::vector<LogPiece> out;
        for (bool more = true; more;) {
            out.push_back(must(run_to_end(log->take(most))));
            more = out.back().more;
        }
        return out;
    }

    SystemClock clock;
    std::unique_ptr<Database> database;
    std::unique_ptr<ChangeLog> log;
};

class ChangeLogTest : public testing::Test {
protected:
    fs::path path() const { return folder_.path() / "test.db"; }

    /// A file, and what was taken since it was copied, as a database of its own.
    std::string rebuilt(const std::string& base, const std::vector<LogPiece>& pieces) {
        const fs::path into = folder_.path() / ("rebuilt-" + std::to_string(next_++));
        Rebuilder rebuilder;
        auto rebuild = must(rebuilder.begin(into, 4096));
        must(rebuild->put(0, base));
        for (const LogPiece& piece : pieces) {
            must(rebuild->apply(piece, piece.to.frames - piece.from.frames));
        }
        must(rebuild->finish());
        return rows(into);
    }
    /// All rows, as one text.
    static std::string rows(const fs::path& database) {
        Connection db = must(Connection::open(database, Connection::Mode::ReadOnly));
        std::string out;
        must(db.query("SELECT i, hex(x) FROM t ORDER BY i", [&out](const sql::Row& row) {
            out += row.text(0) + row.text(1) + "\n";
            return 0;
        }));
        return out;
    }
    static std::string copy_of(Life& life) {
        const auto file = must(run_to_end(life.log->file()));
        return must(run_to_end(life.log->read_file(0, file.bytes)));
    }

    TempFolder folder_;
    int next_ = 0;
};

/// More than a test writes.
constexpr std::uint64_t kNever = std::uint64_t{1} << 30;
constexpr const char* kTable = "CREATE TABLE t(i INTEGER PRIMARY KEY, x BLOB)";

TEST_F(ChangeLogTest, WhatIsWrittenBetweenTwoHoldsIsSeen) {
    LogPlace end;
    WallTime until{};
    {
        Life life(path());
        must(run_to_end(life.log->begin({})));
        life.write(kTable);
        const auto taken = life.take_all();
        end = taken.back().to;
        until = taken.back().whole_until;
    }
    Life life(path());
    must(run_to_end(life.log->hold()));
    life.add_rows(3);
    must(run_to_end(life.log->hold()));
    must(run_to_end(life.log->resume(end, until)));
    const auto taken = life.take_all();
    ASSERT_EQ(taken.size(), 1u);
    EXPECT_FALSE(taken[0].times_unknown);
    EXPECT_GE(taken[0].commits.size(), 3u);
}

TEST_F(ChangeLogTest, ACopyAndWhatWasTakenSinceAreTheDatabaseHoweverOftenTheLogBeganAnew) {
    Life life(path());
    must(run_to_end(life.log->begin({})));
    const std::string base = copy_of(life);
    life.write(kTable);
    std::vector<LogPiece> taken;
    std::set<std::uint64_t> epochs;
    for (int round = 0; round < 40; ++round) {
        life.add_rows(15);
        for (auto& piece : life.take_all()) {
            epochs.insert(piece.from.epoch);
            taken.push_back(std::move(piece));
        }
    }
    EXPECT_GT(epochs.size(), 5u);
    EXPECT_LT(fs::file_size(path().string() + "-wal"), 1u << 20);
    EXPECT_EQ(rebuilt(base, taken), rows(path()));
    EXPECT_EQ(life.log->waiting_bytes(), 0u);
}

TEST_F(ChangeLogTest, CommitsHaveTimesBetweenTheirBeginningAndTheirAnswer) {
    Life life(path(), kNever);
    must(run_to_end(life.log->begin({})));
    life.write(kTable);
    life.take_all();
    std::vector<std::pair<WallTime, WallTime>> known;
    for (int i = 0; i < 20; ++i) {
        const WallTime before = life.clock.wall();
        life.add_rows(1);
        known.emplace_back(before, life.clock.wall());
    }
    const auto pieces = life.take_all();
    ASSERT_EQ(pieces.size(), 1u);
    ASSERT_EQ(pieces[0].commits.size(), known.size());
    EXPECT_FALSE(pieces[0].times_unknown);
    for (std::size_t i = 0; i < known.size(); ++i) {
        EXPECT_LE(known[i].first, pieces[0].commits[i].at);
        EXPECT_LE(pieces[0].commits[i].at, known[i].second);
    }
    EXPECT_GE(pieces[0].whole_until, known.back().second);
}

TEST_F(ChangeLogTest, AReaderThatStaysOnlyDelaysTheCheckpoint) {
    Life life(path());
    must(run_to_end(life.log->begin({})));
    const std::string base = copy_of(life);
    life.write(kTable);
    auto taken = life.take_all();
    Connection reader = must(Connection::open(path(), Connection::Mode::ReadOnly));
    must(reader.script("BEGIN; SELECT * FROM t"));
    const auto epoch = taken.back().to.epoch;
    for (int round = 0; round < 10; ++round) {
        life.add_rows(20);
        for (auto& piece : life.take_all()) {
            EXPECT_EQ(piece.from.epoch, epoch);
            taken.push_back(std::move(piece));
        }
    }
    EXPECT_GT(fs::file_size(path().string() + "-wal"), 128u << 10);
    must(reader.script("ROLLBACK"));
    for (int round = 0; round < 3; ++round) {
        life.add_rows(1);
        for (auto& piece : life.take_all()) taken.push_back(std::move(piece));
    }
    EXPECT_NE(taken.back().to.epoch, epoch);
    EXPECT_EQ(rebuilt(base, taken), rows(path()));
}

TEST_F(ChangeLogTest, WhatACheckpointSawOfAnOldEpochIsNotTakenForTheNewOne) {
    Life life(path());
    must(run_to_end(life.log->begin({})));
    const std::string base = copy_of(life);
    life.write(kTable);
    life.add_rows(60);
    auto taken = life.take_all();
    // Nothing came since, and the log is long still: half of another checkpoint.
    taken.push_back(must(run_to_end(life.log->take(1 << 20))));
    life.add_rows(14);
    for (auto& piece : life.take_all()) taken.push_back(std::move(piece));
    EXPECT_EQ(rebuilt(base, taken), rows(path()));
}

TEST_F(ChangeLogTest, NobodyElsesCheckpointTakesTheLogAway) {
    Life life(path());
    must(run_to_end(life.log->begin({})));
    const std::string base = copy_of(life);
    life.write(kTable);
    Connection other = must(Connection::open(path(), Connection::Mode::ReadWrite));
    must(other.script("PRAGMA busy_timeout = 0"));
    std::vector<LogPiece> taken;
    for (int round = 0; round < 30; ++round) {
        life.add_rows(10);
        (void)other.script("PRAGMA wal_checkpoint(TRUNCATE)");
        life.add_rows(1);
        if (round % 3 == 2) must(other.script("INSERT INTO t(x) VALUES('another process')"));
        (void)other.script("PRAGMA wal_checkpoint(RESTART)");
        if (round % 2 == 1) {
            for (auto& piece : life.take_all()) taken.push_back(std::move(piece));
        }
    }
    life.add_rows(1);
    for (auto& piece : life.take_all()) taken.push_back(std::move(piece));
    EXPECT_EQ(rebuilt(base, taken), rows(path()));
}

TEST_F(ChangeLogTest, TheNextProcessGoesOnWhereTheLastOneEnded) {
    for (const std::uint64_t checkpoint_bytes : {kNever, std::uint64_t{64} << 10}) {
        const fs::path file = folder_.path() / std::to_string(checkpoint_bytes);
        std::string base;
        std::vector<LogPiece> taken;
        {
            Life life(file, checkpoint_bytes);
            must(run_to_end(life.log->begin({})));
            base = copy_of(life);
            life.write(kTable);
            life.add_rows(10);
            taken = life.take_all();
        }
        for (const bool some_was_not_taken : {false, true, true}) {
            Life life(file, checkpoint_bytes);
            const LogPlace end = taken.back().to;
            must(run_to_end(life.log->resume(end, taken.back().whole_until)));
            auto pieces = life.take_all();
            EXPECT_TRUE(pieces.front().from == end || pieces.front().from.frames == 0);
            EXPECT_EQ(pieces.front().times_unknown, some_was_not_taken);
            EXPECT_GT(pieces.back().whole_until, taken.back().whole_until);
            for (auto& piece : pieces) taken.push_back(std::move(piece));
            life.add_rows(5);  // Which nobody takes before the end.
        }
        Life life(file, checkpoint_bytes);
        must(run_to_end(life.log->resume(taken.back().to, taken.back().whole_until)));
        for (auto& piece : life.take_all()) taken.push_back(std::move(piece));
        EXPECT_EQ(rebuilt(base, taken), rows(file));
    }
}

TEST_F(ChangeLogTest, WhatWasTakenButLostIsFoundAgainBehindANewerLog) {
    Life life(path(), 300 << 10);
    must(run_to_end(life.log->begin({})));
    const std::string base = copy_of(life);
    life.write(kTable);
    life.add_rows(10);
    auto shipped = life.take_all();
    life.add_rows(60);
    const auto lost = life.take_all();  // Checkpoints too.
    life.add_rows(1);                   // The log begins anew.
    const auto newer = must(WalFile::open(path().string() + "-wal"));
    ASSERT_NE(must(newer.header()).epoch, shipped.back().to.epoch);
    ASSERT_EQ(lost.back().to.epoch, shipped.back().to.epoch);

    // The files as kill -9 would leave them.
    const fs::path killed = folder_.path() / "killed.db";
    fs::copy_file(path(), killed);
    fs::copy_file(path().string() + "-wal", killed.string() + "-wal");
    const std::string expected = rows(path());
    Life next(killed);
    must(run_to_end(next.log->resume(shipped.back().to, shipped.back().whole_until)));
    auto again = next.take_all();
    EXPECT_EQ(again.front().from, shipped.back().to);
    EXPECT_TRUE(again.front().times_unknown);
    EXPECT_EQ(again.front().to, lost.back().to);
    for (auto& piece : again) shipped.push_back(std::move(piece));
    EXPECT_EQ(rebuilt(base, shipped), expected);
}

struct Gap {
    const char* what;
    void (*happen)(const fs::path&);
};

TEST_F(ChangeLogTest, AGapIsSaidAndNothingIsKept) {
    const Gap gaps[] = {
        {"somebody else opened it alone, and SQLite tidied up",
         [](const fs::path& path) {
             Connection other = must(Connection::open(path, Connection::Mode::ReadWrite));
             must(other.script("INSERT INTO t(x) VALUES('unseen')"));
         }},
        {"the log is gone", [](const fs::path& path) { fs::remove(path.string() + "-wal"); }},
        {"the log is an older one",
         [](const fs::path& path) { fs::resize_file(path.string() + "-wal", 32 + 4120); }},
    };
    for (const Gap& gap : gaps) {
        const fs::path file = folder_.path() / ("gap" + std::to_string(next_++));
        LogPlace end;
        {
            Life life(file, kNever);
            must(run_to_end(life.log->begin({})));
            life.write(kTable);
            life.add_rows(10);
            end = life.take_all().back().to;
        }
        gap.happen(file);
        Life life(file);
        const auto resumed = run_to_end(life.log->resume(end, {}));
        ASSERT_FALSE(resumed) << gap.what;
        EXPECT_EQ(resumed.error().reason, "gap") << gap.what << ": " << resumed.error().message;
        EXPECT_FALSE(run_to_end(life.log->take(1 << 20))) << gap.what;
        must(run_to_end(life.log->begin({})));
        EXPECT_TRUE(run_to_end(life.log->take(1 << 20))) << gap.what;
    }
}

TEST_F(ChangeLogTest, LetGoTheDatabaseTidiesUpAsItAlwaysDid) {
    {
        Life life(path());
        must(run_to_end(life.log->begin({})));
        life.write(kTable);
        life.add_rows(10);
        must(run_to_end(life.log->let_go()));
        life.add_rows(2000);
        EXPECT_LT(fs::file_size(path().string() + "-wal"), 6u << 20);
    }
    EXPECT_FALSE(fs::exists(path().string() + "-wal"));
}

TEST_F(ChangeLogTest, ATransactionLargerThanAPieceIsCut) {
    Life life(path());
    must(run_to_end(life.log->begin({})));
    const std::string base = copy_of(life);
    life.write(kTable);
    life.write(
        "INSERT INTO t(x) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
        "LIMIT 500) SELECT randomblob(900) FROM n");
    const auto pieces = life.take_all(64 << 10);
    EXPECT_GT(pieces.size(), 4u);
    EXPECT_TRUE(pieces[1].commits.empty());
    EXPECT_EQ(rebuilt(base, pieces), rows(path()));
}

}  // namespace
}  // namespace syncwatch::sqlite
