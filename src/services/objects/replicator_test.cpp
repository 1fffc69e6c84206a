#include "services/objects/replicator.h"

#include <filesystem>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/async/task_group.h"
#include "harness/two_stores_world.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class ReplicatorTest : public testing::Test, protected TwoStoresWorld {
protected:
    static Replicator::Options options() {
        Replicator::Options options;
        options.has_second = true;
        options.poll = 10ms;
        options.audit_every = std::chrono::hours(1);
        return options;
    }
    /// Runs it until something is so, for half a minute at most.
    template <class Question>
    bool run_until(Question is_so) {
        Replicator replicator(*mender, replicas, clock, options());
        net::io_context context;
        TaskGroup tasks(context.get_executor(),
                        [](const std::string& task, const std::string& what) {
                            ADD_FAILURE() << task << ": " << what;
                        });
        for (int i = 0; i < 2; ++i) tasks.spawn("copy", replicator.copy());
        tasks.spawn("repair", replicator.repair());
        tasks.spawn("audit", replicator.audit());
        tasks.spawn("watch", replicator.watch());
        bool seen = false;
        for (const Instant until = clock.now() + 30s; !seen && clock.now() < until;) {
            context.run_for(20ms);
            seen = is_so(replicator);
        }
        tasks.cancel();
        context.restart();
        context.run_for(5s);
        EXPECT_EQ(tasks.size(), 0u);
        return seen;
    }
};

TEST_F(ReplicatorTest, EverythingComesIntoTheSecondStoreAndIsReadBack) {
    for (int i = 0; i < 50; ++i) stored("v/" + std::to_string(i), std::string(1000, 's'));
    EXPECT_TRUE(run_until([&](const Replicator&) {
        const auto covered = run_to_end(replicas.coverage(clock.wall() - 1h)).value();
        return covered.verified_objects == 50 &&
               run_to_end(replicas.backlog()).value().objects == 0;
    }));
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(fs::exists(in_second("v/" + std::to_string(i))));
}

TEST_F(ReplicatorTest, OneThatCannotBeCopiedDoesNotKeepTheOthers) {
    stored("v/0", "first of all");
    SaidMaker nothing(*this);
    mender->set_maker(&nothing);
    fs::remove(in_first("v/0"));
    for (int i = 1; i < 30; ++i) stored("v/" + std::to_string(i), std::string(1000, 's'));
    EXPECT_TRUE(run_until([&](const Replicator&) {
        return run_to_end(replicas.backlog()).value().objects == 1 &&
               line("v/0").fault == ObjectFault::Lost;
    }));
}

TEST_F(ReplicatorTest, AStoreThatWasAwayIsCaughtUpWithByItself) {
    second.away = true;
    stored("v/a", "film");
    EXPECT_TRUE(run_until([&](const Replicator& replicator) {
        return replicator.figures().backlog.objects == 1 && tally.copies_failed > 0;
    }));
    second.away = false;
    EXPECT_TRUE(run_to_end(replicas.postpone(line("v/a").object, WallTime())));
    EXPECT_TRUE(run_until([&](const Replicator&) { return fs::exists(in_second("v/a")); }));
}

TEST_F(ReplicatorTest, WhatAReaderFoundIsRepairedAtOnce) {
    copied("v/a", "film");
    flip(in_first("v/a"));
    EXPECT_EQ(served("v/a"), "film");
    EXPECT_TRUE(run_until([&](const Replicator&) { return tally.healed_from_second == 1; }));
    EXPECT_EQ(content(in_first("v/a")), "film");
}

}  // namespace
}  // namespace syncwatch
