#include "recovery/backups/standing.h"

#include <gtest/gtest.h>

#include "harness/made_backups.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

class StandingTest : public testing::Test {
protected:
    StandingTest() {
        plan_.objectives["database"] = {30min, 24h};
        plan_.objectives["redis"] = {10min, 1h};
    }
    void add(int id, const std::string& component, WallTime to, std::uint64_t bytes) {
        Catalogued one;
        one.stored.record.id = backup_id(id);
        one.stored.record.component = component;
        one.stored.record.finished = to;
        one.stored.record.window = {to, to};
        one.stored.record.stored_bytes = bytes;
        survey_.backups.push_back(one);
    }
    void look(int id, WallTime at, VerifyLevel level, bool sound,
              std::chrono::milliseconds took = 0ms) {
        Verification look;
        look.backup = backup_id(id);
        look.at = at;
        look.level = level;
        look.sound = sound;
        look.took = took;
        survey_.verifications.push_back(look);
    }
    Standing only(const std::vector<LiveFacts>& live = {}) const {
        const auto all = standings(plan_, survey_, live, minute(1000));
        EXPECT_EQ(all.size(), 1U);
        return all.front();
    }

    Plan plan_;
    Survey survey_;
};

TEST_F(StandingTest, WithoutABackupAllOfItWouldBeGone) {
    const Standing redis = only({{"redis", std::nullopt, {}}});
    EXPECT_EQ(redis.loss, std::nullopt);
    EXPECT_EQ(redis.time, std::nullopt);
    EXPECT_TRUE(redis.misses_loss());
    EXPECT_FALSE(redis.misses_time());  // Nobody knows.
}

TEST_F(StandingTest, TheNewestBackupSaysWhatWouldBeGone) {
    add(1, "redis", minute(900), 10);
    add(2, "redis", minute(960), 10);
    EXPECT_EQ(only().loss, 40min);
    EXPECT_EQ(only().promised_loss, 1h);
    EXPECT_FALSE(only().misses_loss());
    survey_.backups.pop_back();
    EXPECT_TRUE(only().misses_loss());
}

TEST_F(StandingTest, ALogReachesFurther) {
    add(1, "pg", minute(1), 10);
    EXPECT_EQ(only({{"pg", minute(999), {}}}).loss, 1min);
    EXPECT_EQ(only({{"pg", minute(2000), {}}}).loss, 0s);  // Its clock is ahead of ours.
    EXPECT_EQ(only().part, "database");
}

TEST_F(StandingTest, TheTimeIsThatOfTheLastTestForWhatThereIsNow) {
    add(1, "redis", minute(900), 10);
    look(1, minute(901), VerifyLevel::Restore, true, 4s);
    look(1, minute(902), VerifyLevel::Checksums, true, 1s);
    EXPECT_EQ(only().time, 4s);
    EXPECT_EQ(only().restored, minute(901));
    EXPECT_EQ(only().verified, minute(902));
    add(2, "redis", minute(960), 20);
    EXPECT_EQ(only().time, 8s);
    look(2, minute(961), VerifyLevel::Restore, true, 20min);
    EXPECT_TRUE(only().misses_time());
}

TEST_F(StandingTest, CopiesWithoutARecordAreLookedAtAlike) {
    look(1, minute(901), VerifyLevel::Restore, true, 4s);
    look(3, minute(902), VerifyLevel::Restore, false);  // It expired since.
    const Standing sqlite =
        only({{"sqlite", minute(999), {{backup_id(1), 10}, {backup_id(2), 30}}}});
    EXPECT_EQ(sqlite.time, 12s);
    EXPECT_EQ(sqlite.restored, minute(901));
    EXPECT_FALSE(sqlite.damaged);
}

TEST_F(StandingTest, DamageIsThatOfTheLastLookAtEach) {
    add(1, "redis", minute(900), 10);
    add(2, "redis", minute(960), 10);
    look(1, minute(901), VerifyLevel::Checksums, false);
    look(2, minute(961), VerifyLevel::Checksums, true);
    EXPECT_TRUE(only().damaged);
    look(1, minute(962), VerifyLevel::Checksums, true);
    EXPECT_FALSE(only().damaged);
    look(2, minute(963), VerifyLevel::Checksums, false);
    survey_.backups[1].is_expired = true;
    EXPECT_FALSE(only().damaged);
}

TEST_F(StandingTest, FilmsThatDidNotPlayAreToldUntilATestPlaysOneAgain) {
    add(1, "redis", minute(1), 10);
    look(1, minute(2), VerifyLevel::Restore, true);
    survey_.verifications.back().counts[kDamagedFilms] = 1;
    survey_.verifications.back().words = "a film does not play";
    EXPECT_EQ(only().films, "a film does not play");
    EXPECT_FALSE(only().damaged);
    look(1, minute(3), VerifyLevel::Restore, true);
    EXPECT_EQ(only().films, "");
}

}  // namespace
}  // namespace syncwatch::recovery
