#include <csignal>
#include <random>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "recovery/embedded/backup_world.h"

// A process that owns a database, writes to it and ships its log is killed at some instant, again
// and again. What it had acknowledged is written down by another one, as a client would know it.
namespace syncwatch::recovery {
namespace {

constexpr int kSlots = 11;

/// A write as its client saw it.
struct Written {
    int n = 0;
    WallTime begun{};
    WallTime acknowledged{};  ///< Zero: no answer came.
};

/// What the child says through its pipe.
struct Said {
    int n = 0;
    bool done = false;
    std::int64_t at_us = 0;
};

std::string nth(int n) {
    return fmt::format(
        "INSERT INTO t VALUES({0}, randomblob({1})); INSERT OR REPLACE INTO slot VALUES({2}, {0})",
        n, 100 + n * 37 % 3000, n % kSlots);
}

/// The child's life: until it is killed.
[[noreturn]] void live(const fs::path& database, const fs::path& repository, int next, int out) {
    FolderBackups backups(repository);
    Life::Options options;
    options.shipper.part_bytes = 256 << 10;
    Life life(database, backups, options);
    if (next == 1) {
        life.write(
            "CREATE TABLE IF NOT EXISTS t(n INTEGER PRIMARY KEY, x BLOB);"
            "CREATE TABLE IF NOT EXISTS slot(k INTEGER PRIMARY KEY, n INTEGER NOT NULL "
            "REFERENCES t(n))");
    }
    if (!life.wait_for_base()) ::_exit(1);
    const auto say = [&](int n, bool done) {
        const Said said{n, done, to_micros(life.clock.wall())};
        if (::write(out, &said, sizeof said) != sizeof said) ::_exit(1);
    };
    for (int n = next;; ++n) {
        say(n, false);
        life.write(nth(n));
        say(n, true);
    }
}

std::int64_t one(sqlite::Connection& db, const std::string& sql) {
    return must(db.query_one(sql, [](const sql::Row& row) { return row.integer(0); })).value_or(0);
}

/// How many writes are in it: those from the first to one, and nothing else.
int writes_in(const fs::path& file) {
    auto db = must(sqlite::Connection::open(file, sqlite::Connection::Mode::ReadOnly));
    if (one(db, "SELECT count(*) FROM sqlite_schema WHERE name = 't'") == 0) return 0;
    const auto count = one(db, "SELECT count(*) FROM t");
    EXPECT_EQ(one(db, "SELECT coalesce(max(n), 0) FROM t"), count);
    EXPECT_EQ(one(db, "SELECT coalesce(sum(n), 0) FROM slot"), [count] {
        std::int64_t sum = 0;
        for (auto n = count; n > 0 && n > count - kSlots; --n) sum += n;
        return sum;
    }());
    return static_cast<int>(count);
}

class KillTest : public testing::TestWithParam<unsigned> {
protected:
    /// Gives what the client knows of, and adds it to `written_`.
    void one_life(std::chrono::milliseconds time) {
        int ends[2] = {};
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(ends[0]);
            live(database_, repository_, written_.empty() ? 1 : next_, ends[1]);
        }
        ::close(ends[1]);
        const Instant until = clock_.now() + time;
        bool killed = false;
        for (Said said; ::read(ends[0], &said, sizeof said) == sizeof said;) {
            if (said.done) {
                written_.back().acknowledged = from_micros(said.at_us);
            } else {
                written_.push_back({said.n, from_micros(said.at_us), {}});
            }
            if (!killed && clock_.now() >= until) {
                ::kill(child, SIGKILL);
                killed = true;
            }
        }
        ::close(ends[0]);
        ::waitpid(child, nullptr, 0);
        ASSERT_TRUE(killed) << "it ended by itself";
        auto db = must(sqlite::Connection::open(database_, sqlite::Connection::Mode::ReadOnly));
        next_ = static_cast<int>(one(db, "SELECT coalesce(max(n), 0) FROM t")) + 1;
        // What was not answered, and did not happen, is forgotten: it comes again.
        if (!written_.empty() && written_.back().n >= next_) written_.pop_back();
    }

    /// What was acknowledged until then has to be in it, what began later must not.
    void expect_as_of(WallTime moment) {
        const fs::path to = folder_.path() / fmt::format("restored-{}", restored_++);
        FolderBackups backups(repository_);
        const auto restored = restore_to(backups, to, moment);
        ASSERT_TRUE(restored) << restored.error().message;
        const int count = writes_in(to);
        for (const Written& each : written_) {
            if (each.acknowledged != WallTime{} && each.acknowledged <= moment) {
                EXPECT_LE(each.n, count) << "was acknowledged before " << format_rfc3339(moment);
            }
            if (each.begun > moment) {
                EXPECT_GT(each.n, count) << "began after " << format_rfc3339(moment);
            }
        }
        fs::remove(to);
    }

    TempFolder folder_;
    const fs::path database_ = folder_.path() / "test.db";
    const fs::path repository_ = folder_.path() / "backups";
    SystemClock clock_;
    std::vector<Written> written_;
    int next_ = 1;
    int restored_ = 0;
};

TEST_P(KillTest, WhatWasShippedIsRestoredToTheCommit) {
    std::mt19937 chance(GetParam());
    for (int life = 0; life < 5; ++life) {
        one_life(std::chrono::milliseconds(60 + chance() % 700));
        if (HasFatalFailure()) return;
    }
    std::vector<Window> reached;
    {
        FolderBackups backups(repository_);
        const auto generations = must(run_to_end(survey(backups, "test")));
        reached = windows(generations);
        RecordProperty("generations", static_cast<int>(generations.size()));
        RecordProperty("windows", static_cast<int>(reached.size()));
    }
    ASSERT_FALSE(reached.empty());
    for (const Window& window : reached) {
        expect_as_of(window.from);
        expect_as_of(window.until);
        for (int i = 0; i < 3; ++i) {
            const auto span = static_cast<std::uint64_t>((window.until - window.from).count());
            const std::uint64_t into = span == 0 ? 0 : (std::uint64_t{chance()} << 16) % span;
            expect_as_of(window.from + std::chrono::microseconds(into));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, KillTest, testing::Range(1u, 7u));

}  // namespace
}  // namespace syncwatch::recovery
