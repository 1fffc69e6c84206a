#include <functional>

#include <gtest/gtest.h>

#include "harness/made_backups.h"
#include "recovery/backups/standing.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

/// One that nothing is wrong with.
Standing well() {
    Standing standing;
    standing.component = "pg";
    standing.loss = 40s;
    standing.promised_loss = 1h;
    standing.time = 4min;
    standing.promised_time = 30min;
    return standing;
}

struct Row {
    const char* what;
    std::function<void(Standing&)> make;
    Judgement judged;
};

TEST(JudgementTest, SaysTheWorstThatIsTrue) {
    const Row rows[] = {
        {"nothing is wrong", [](Standing&) {}, {State::Ok, Reason::None}},
        {"more would be gone than is promised",
         [](Standing& of) { of.loss = 2h; },
         {State::AtRisk, Reason::LosesTooMuch}},
        {"its log does not follow, and so it loses too much",
         [](Standing& of) {
             of.is_cut_off = true;
             of.loss = 2h;
         },
         {State::AtRisk, Reason::NotFollowed}},
        {"it takes longer than is promised",
         [](Standing& of) { of.time = 31min; },
         {State::AtRisk, Reason::TakesTooLong}},
        {"there is no backup",
         [](Standing& of) { of.loss.reset(); },
         {State::AtRisk, Reason::NoBackup}},
        {"nothing backs up what is promised",
         [](Standing& of) {
             of.loss.reset();
             of.is_planned = false;
         },
         {State::AtRisk, Reason::NoBackup}},
        {"nothing backs it up, and nothing is promised",
         [](Standing& of) {
             of.promised_loss.reset();
             of.is_planned = false;
         },
         {State::NotPlanned, Reason::NotPlanned}},
        {"nobody ever brought it back",
         [](Standing& of) { of.time.reset(); },
         {State::Unknown, Reason::NeverRestored}},
        {"nobody can bring it back here",
         [](Standing& of) {
             of.time.reset();
             of.is_testable = false;
         },
         {State::Ok, Reason::None}},
        {"a run is overdue, and more would be gone than is promised",
         [](Standing& of) {
             of.loss = 2h;
             of.overdue = minute(1);
         },
         {State::Overdue, Reason::Overdue}},
        {"nobody answers", [](Standing& of) { of.is_away = true; }, {State::Unknown, Reason::Away}},
        {"damage outdoes all of it",
         [](Standing& of) {
             of.loss = 2h;
             of.overdue = minute(1);
             of.damaged = true;
         },
         {State::Damaged, Reason::Damaged}},
    };
    for (const Row& row : rows) {
        Standing standing = well();
        row.make(standing);
        EXPECT_EQ(judge(standing), row.judged) << row.what << ": " << word(judge(standing).reason);
    }
}

TEST(JudgementTest, AllTogetherLoseAsMuchAsTheWorstAndComeBackOneAfterTheOther) {
    Standing redis = well();
    redis.component = "redis";
    redis.loss = 50s;
    redis.time = 30s;
    EXPECT_EQ(summary_of({well(), redis}), (Summary{50s, 270s, {}, {}, {}}));

    // Nothing changed since: an old backup is all of it.
    Standing config = well();
    config.component = "config";
    config.on_change = true;
    config.loss = 720h;
    config.time = 1s;
    EXPECT_EQ(summary_of({well(), config}), (Summary{40s, 241s, {}, {}, {}}));
}

TEST(JudgementTest, WhatWouldBeGoneAltogetherAndWhatNobodyKnowsIsNamed) {
    Standing objects = well();
    objects.component = "objects";
    objects.loss.reset();
    Standing untried = well();
    untried.component = "redis";
    untried.time.reset();
    Standing away = well();
    away.component = "sqlite";
    away.is_away = true;
    EXPECT_EQ(summary_of({objects, untried, away}),
              (Summary{40s, std::nullopt, {"objects"}, {"redis"}, {"sqlite"}}));
    EXPECT_EQ(summary_of({objects}), (Summary{std::nullopt, std::nullopt, {"objects"}, {}, {}}));
}

}  // namespace
}  // namespace syncwatch::recovery
