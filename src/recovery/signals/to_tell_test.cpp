#include "recovery/signals/to_tell.h"

#include <gtest/gtest.h>

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;
using Turn = Notice::Turn;

const WallTime kBegan = parse_rfc3339("2026-11-24T10:00:00Z").value();
const Audience kOps{"ops", {Severity::Critical, Severity::Warning}, "one", "node-1"};

Condition standing(const char* key, Severity severity = Severity::Warning) {
    Condition condition;
    condition.key = key;
    condition.severity = severity;
    condition.component = "pg";
    condition.what = "it is late";
    condition.next = "Look.";
    condition.doc = "docs/recovery/backups.md";
    condition.since = kBegan;
    return condition;
}

/// A channel, and what it has been told so far.
class Listener {
public:
    /// What it is told then, as "begins KEY".
    std::vector<std::string> hears(const Observed& observed, WallTime now) {
        std::vector<std::string> said;
        for (const Telling& each : to_tell(kOps, observed, told_, now)) {
            last_ = each.notice;
            said.push_back(std::string(word(each.notice.turn)) + " " + each.notice.key);
            std::erase_if(told_, [&](const Told& old) { return old.key == each.notice.key; });
            if (each.then) told_.push_back(*each.then);
        }
        return said;
    }
    const Notice& last() const { return last_; }

private:
    std::vector<Told> told_;
    Notice last_;
};

using Said = std::vector<std::string>;

TEST(ToTellTest, ItIsSaidWhenItBeginsOnceADayAndWhenItIsOver) {
    Listener ops;
    const Observed late{{standing("late")}, true};
    EXPECT_EQ(ops.hears(late, kBegan + 1min), Said{"begins late"});
    EXPECT_EQ(ops.last().since, kBegan);
    EXPECT_EQ(ops.last().next, "Look.");
    EXPECT_EQ(ops.last().installation, "one");
    for (int hour = 1; hour < 24; ++hour) {
        EXPECT_EQ(ops.hears(late, kBegan + hour * 1h), Said{}) << hour;
    }
    EXPECT_EQ(ops.hears(late, kBegan + 24h + 1min), Said{"stands late"});
    EXPECT_EQ(ops.hears(late, kBegan + 25h), Said{});
    EXPECT_EQ(ops.hears({{}, true}, kBegan + 26h), Said{"ends late"});
    EXPECT_EQ(ops.last().what, "it is late");
    EXPECT_EQ(ops.last().severity, Severity::Warning);
    EXPECT_EQ(ops.last().since, kBegan);
    EXPECT_EQ(ops.hears({{}, true}, kBegan + 27h), Said{});
    EXPECT_EQ(ops.hears(late, kBegan + 28h), Said{"begins late"}) << "a new one";
}

TEST(ToTellTest, WhatIsFreshNeitherBeginsNorEnds) {
    Listener ops;
    Condition fresh = standing("late");
    fresh.is_fresh = true;
    EXPECT_EQ(ops.hears({{fresh}, true}, kBegan), Said{});
    EXPECT_EQ(ops.hears({{standing("late")}, true}, kBegan + 2min), Said{"begins late"});
    // A node that leads anew found it only now.
    fresh.since = kBegan + 1h;
    EXPECT_EQ(ops.hears({{fresh}, true}, kBegan + 1h), Said{});
    EXPECT_EQ(ops.hears({{fresh}, true}, kBegan + 25h), Said{"stands late"});
    EXPECT_EQ(ops.last().since, kBegan);
}

TEST(ToTellTest, WhoDoesNotKnowAllSaysOfNothingThatItIsOver) {
    Listener ops;
    EXPECT_EQ(ops.hears({{standing("late")}, true}, kBegan), Said{"begins late"});
    EXPECT_EQ(ops.hears({{standing("away")}, false}, kBegan + 1min), Said{"begins away"});
    EXPECT_EQ(ops.hears({{}, false}, kBegan + 2min), Said{});
    EXPECT_EQ(ops.hears({{}, true}, kBegan + 3min), (Said{"ends late", "ends away"}));
}

TEST(ToTellTest, TheWorstIsSaidFirstAndNothingThatNobodyAskedFor) {
    Listener ops;
    const Observed much{{standing("late"), standing("news", Severity::News),
                         standing("damage", Severity::Critical)},
                        true};
    EXPECT_EQ(ops.hears(much, kBegan), (Said{"begins damage", "begins late"}));
}

TEST(ToTellTest, AClockThatWasFarAheadSilencesNothing) {
    Listener ops;
    const Observed late{{standing("late")}, true};
    EXPECT_EQ(ops.hears(late, kBegan + 24h * 365), Said{"begins late"});
    EXPECT_EQ(ops.hears(late, kBegan), Said{"stands late"});
    EXPECT_EQ(ops.hears(late, kBegan + 1min), Said{});
}

}  // namespace
}  // namespace syncwatch::recovery
