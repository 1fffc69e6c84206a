#include "recovery/signals/condition.h"

#include <gtest/gtest.h>

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

const WallTime kNow = parse_rfc3339("2026-11-24T10:00:00Z").value();

Plan plan() {
    Plan plan;
    plan.restore_test = Schedule::parse("daily 04:00");
    return plan;
}

/// A leader that went round, and found nothing wrong.
RoundsStatus good() {
    RoundsStatus rounds;
    rounds.leads = true;
    rounds.went_round = kNow - 20s;
    RoundsStatus::OfComponent& pg = rounds.components["pg"];
    pg.kept_since = kNow - 240h;
    pg.tested = kNow - 6h;
    return rounds;
}

TEST(ConditionTest, NothingIsWrongWhereAllIsDone) {
    const auto observed = observe(plan(), good(), kNow);
    ASSERT_TRUE(observed);
    EXPECT_TRUE(observed->standing.empty());
    EXPECT_TRUE(is_well(*observed, good(), kNow));
    EXPECT_FALSE(is_well(*observed, good(), kNow + 7h)) << "that round never ended";
}

TEST(ConditionTest, WhoDoesNotMakeThemSaysNothing) {
    RoundsStatus rounds = good();
    rounds.leads = false;
    EXPECT_FALSE(observe(plan(), rounds, kNow));
}

TEST(ConditionTest, EachThingThatIsWrongHasItsKey) {
    struct Case {
        const char* key;
        Severity severity;
        bool is_fresh;
        std::function<void(RoundsStatus&)> harm;
    };
    const auto trouble = [](const char* work, std::chrono::seconds ago) {
        return [=](RoundsStatus& r) { r.components["pg"].troubles[work] = {kNow - ago, "why"}; };
    };
    const std::vector<Case> cases{
        {"backup.pg.run", Severity::Warning, false, trouble("run", 1h)},
        {"backup.pg.run", Severity::Warning, true, trouble("run", 1min)},
        {"backup.pg.look", Severity::Warning, false, trouble("look", 1h)},
        {"backup.pg.let-go", Severity::Warning, false, trouble("let go", 1h)},
        {"backup.pg.overdue", Severity::Warning, false,
         [](RoundsStatus& r) { r.components["pg"].overdue = kNow - 1h; }},
        {"backup.pg.damaged", Severity::Critical, false,
         [](RoundsStatus& r) { r.components["pg"].damaged = true; }},
        {"backup.pg.untested", Severity::Warning, false,
         [](RoundsStatus& r) { r.components["pg"].tested = kNow - 73h; }},
        {"backup.pg.untested", Severity::Warning, false,
         [](RoundsStatus& r) { r.components["pg"].tested = WallTime{}; }},
        {"backup.places.away", Severity::Critical, false,
         [](RoundsStatus& r) {
             r.trouble = "why";
             r.trouble_since = kNow - 11min;
         }},
        {"backup.places.away", Severity::Critical, true,
         [](RoundsStatus& r) {
             r.trouble = "why";
             r.trouble_since = kNow - 9min;
         }},
    };
    for (const Case& each : cases) {
        SCOPED_TRACE(each.key);
        RoundsStatus rounds = good();
        each.harm(rounds);
        const auto observed = observe(plan(), rounds, kNow);
        ASSERT_TRUE(observed);
        ASSERT_EQ(observed->standing.size(), 1U);
        const Condition& found = observed->standing.front();
        EXPECT_EQ(found.key, each.key);
        EXPECT_EQ(found.severity, each.severity);
        EXPECT_EQ(found.is_fresh, each.is_fresh);
        EXPECT_FALSE(found.what.empty());
        EXPECT_TRUE(found.next.ends_with('.')) << found.next;
        EXPECT_FALSE(is_well(*observed, rounds, kNow));
    }
}

TEST(ConditionTest, AStreamThatEndedIsSaidAfterOthersCouldHaveTakenOver) {
    const LogFault fault{"nobody streams it", "Start it."};
    const Condition ended = stream_falls_behind(fault, kNow - 3min, kNow);
    EXPECT_EQ(ended.key, "backup.pg.stream");
    EXPECT_EQ(ended.severity, Severity::Warning);
    EXPECT_FALSE(ended.is_fresh);
    EXPECT_EQ(ended.what, fault.what);
    EXPECT_EQ(ended.next, fault.next);
    EXPECT_TRUE(stream_falls_behind(fault, kNow - 1min, kNow).is_fresh);
    const Condition piled = stream_piles_up(fault, kNow);
    EXPECT_EQ(piled.key, "backup.pg.kept");
    EXPECT_EQ(piled.severity, Severity::Critical);
    EXPECT_FALSE(piled.is_fresh) << "a disk fills";
}

TEST(ConditionTest, WhereThereIsNoBackupYetNoTestIsMissed) {
    RoundsStatus rounds = good();
    rounds.components["pg"] = {};
    EXPECT_TRUE(observe(plan(), rounds, kNow)->standing.empty());
    rounds.components["pg"].kept_since = kNow - 71h;
    EXPECT_TRUE(observe(plan(), rounds, kNow)->standing.empty());
}

TEST(ConditionTest, OnlyAWholeRoundKnowsThatSomethingIsOver) {
    RoundsStatus rounds = good();
    rounds.went_round = {};
    const auto observed = observe(plan(), rounds, kNow);
    EXPECT_FALSE(observed->is_whole);
    EXPECT_FALSE(is_well(*observed, rounds, kNow));
    rounds = good();
    rounds.trouble = "no place answers";
    EXPECT_FALSE(observe(plan(), rounds, kNow)->is_whole);
}

}  // namespace
}  // namespace syncwatch::recovery
