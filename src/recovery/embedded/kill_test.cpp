#include <csignal>
#include <random>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/embedded_backup_world.h"
#include "harness/numbered_writes.h"

// A process that owns a database, writes to it and ships its log is killed at some instant, again
// and again. What it had acknowledged is written down by another one, as a client would know it.
namespace syncwatch::recovery {
namespace {

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

/// The child's life: until it is killed.
[[noreturn]] void live(const fs::path& database, const fs::path& repository, int next, int out) {
    FolderBackups backups(repository);
    Life::Options options;
    options.shipper.part_bytes = 256 << 10;
    Life life(database, backups, options);
    if (next == 1) {
        life.write(NumberedWrites::kTables);
    }
    if (!life.wait_for_base()) ::_exit(1);
    const auto say = [&](int n, bool done) {
        const Said said{n, done, to_micros(life.clock.wall())};
        if (::write(out, &said, sizeof said) != sizeof said) ::_exit(1);
    };
    for (int n = next;; ++n) {
        say(n, false);
        life.write(NumberedWrites::nth(n));
        say(n, true);
    }
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
        next_ = NumberedWrites::in(database_) + 1;
        // What was not answered, and did not happen, is forgotten: it comes again.
        if (!written_.empty() && written_.back().n >= next_) written_.pop_back();
    }

    /// What was acknowledged until then has to be in it, what began later must not.
    void expect_as_of(WallTime moment) {
        const fs::path to = folder_.path() / fmt::format("restored-{}", restored_++);
        FolderBackups backups(repository_);
        const auto restored = restore_to(backups, to, moment);
        ASSERT_TRUE(restored) << restored.error().message;
        const int count = NumberedWrites::in(to);
        ASSERT_GE(count, 0);
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
        expect_as_of(window.to);
        for (int i = 0; i < 3; ++i) {
            const auto span = static_cast<std::uint64_t>((window.to - window.from).count());
            const std::uint64_t into = span == 0 ? 0 : (std::uint64_t{chance()} << 16) % span;
            expect_as_of(window.from + std::chrono::microseconds(into));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, KillTest, testing::Range(1u, 7u));

}  // namespace
}  // namespace syncwatch::recovery
