#include "recovery/catalogue/graph.h"

#include <gtest/gtest.h>

#include "harness/made_backups.h"

namespace syncwatch::recovery {
namespace {

Window between(int from, int to) {
    return {minute(from), minute(to)};
}

std::vector<BackupRecord> without(std::vector<BackupRecord> records, BackupId gone) {
    std::erase_if(records, [&](const BackupRecord& each) { return each.id == gone; });
    return records;
}

using Windows = std::vector<Window>;

TEST(RecoverableTest, ABackupIsAMoment) {
    MadeBackups made;
    EXPECT_TRUE(recoverable(made.all).empty());
    made.full(10);
    made.snapshot(20);
    EXPECT_EQ(recoverable(made.all), (Windows{between(10, 10), between(20, 20)}));
}

TEST(RecoverableTest, LogsStretchItUntilTheFirstGap) {
    MadeBackups made;
    const auto full = made.full(10);
    const auto first = made.log(10, 20, {full});
    const auto second = made.log(20, 30, {first});
    made.log(30, 40, {second});
    EXPECT_EQ(recoverable(made.all), Windows{between(10, 40)});
    EXPECT_EQ(recoverable(without(made.all, second)), Windows{between(10, 20)});
    EXPECT_EQ(recoverable(without(made.all, first)), Windows{between(10, 10)});
    EXPECT_TRUE(recoverable(without(made.all, full)).empty()) << "a log alone is nothing";
}

TEST(RecoverableTest, ALogGoesOnFromAnyOfItsParents) {
    MadeBackups made;
    const auto old = made.full(10);
    const auto before = made.log(10, 20, {old});
    const auto later = made.full(20);
    made.log(20, 30, {before, later});
    EXPECT_EQ(recoverable(made.all), Windows{between(10, 30)});
    EXPECT_EQ(recoverable(without(made.all, later)), Windows{between(10, 30)});
    EXPECT_EQ(recoverable(without(made.all, old)), Windows{between(20, 30)});
    EXPECT_EQ(recoverable(without(made.all, before)), (Windows{between(10, 10), between(20, 30)}));
}

TEST(RecoverableTest, WhatItsParentIsMissingForIsNothing) {
    MadeBackups made;
    const auto full = made.full(10);
    const auto diff = made.diff(20, {full});
    made.diff(30, {diff});
    EXPECT_EQ(recoverable(made.all), (Windows{between(10, 10), between(20, 20), between(30, 30)}));
    EXPECT_EQ(recoverable(without(made.all, diff)), Windows{between(10, 10)});
    EXPECT_TRUE(recoverable(without(made.all, full)).empty());
}

TEST(RecoverableTest, AFullThatWasMadeWhileLogsCameNeedsThemAndNotWhatTheyFollowed) {
    MadeBackups made;
    const auto old = made.full(10);
    const auto first = made.log(10, 20, {old});
    const auto second = made.log(20, 30, {first});
    const auto long_one = made.full(25);  // begun at 15, whole with both logs
    made.all.back().parents = {first, second};
    made.log(30, 40, {second});
    EXPECT_EQ(recoverable(without(made.all, old)), Windows{between(25, 40)});
    EXPECT_TRUE(recoverable(without(without(made.all, old), first)).empty());
    EXPECT_EQ(recoverable(without(made.all, long_one)), Windows{between(10, 40)});
}

TEST(RecoverableTest, RecordsThatNameOneAnotherInACircleHarmNobody) {
    MadeBackups made;
    made.diff(10, {backup_id(2)});
    made.diff(20, {backup_id(1)});
    made.log(20, 30, {backup_id(4)});
    made.log(30, 40, {backup_id(3)});
    EXPECT_NO_FATAL_FAILURE(recoverable(made.all));
}

}  // namespace
}  // namespace syncwatch::recovery
