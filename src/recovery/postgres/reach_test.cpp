#include "recovery/postgres/reach.h"

#include <gtest/gtest.h>

#include "recovery/postgres/gaps.h"
#include "recovery/postgres/restore_plan.h"

namespace syncwatch::recovery {
namespace {

using Backup = DatabaseBackups::Backup;
using Target = DatabaseBackups::Target;

wal::Lsn at(std::uint64_t segment, std::uint64_t byte = 0) {
    return {segment * wal::kSegmentBytes + byte};
}
WallTime second(int count) {
    return WallTime(std::chrono::seconds(1'000'000 + count));
}
/// The last moment before that.
WallTime before(int count) {
    return second(count) - std::chrono::microseconds(1);
}
Backup backup(const std::string& label, std::uint32_t timeline, std::uint64_t segment, int when) {
    Backup made;
    made.label = label;
    made.timeline = timeline;
    made.begins = at(segment, 40);
    made.ends = at(segment, 300);
    made.started = second(when);
    made.finished = second(when + 2);
    return made;
}

/// Two backups; the log goes on to segment 10, and the last commit is of second 100.
PgShelf shelf() {
    PgShelf has;
    has.name = "near";
    has.backups = {backup("A", 1, 3, 10), backup("B", 1, 6, 40)};
    has.log = {{1, 0, {}, {{at(1), at(10)}}}};
    has.last_commits[1] = second(100);
    return has;
}
PgWish to(Target::Kind kind, WallTime time = {}, wal::Lsn lsn = {}) {
    PgWish wish;
    wish.target.kind = kind;
    wish.target.time = time;
    wish.target.lsn = lsn;
    return wish;
}
std::string label_for(const PgShelf& has, const PgWish& wish) {
    const auto plan = plan_pg_restore({has}, wish);
    return plan ? plan->backup.label : std::string(plan.error().reason);
}

TEST(PgReachTest, AMomentIsBroughtBackFromTheNewestBackupBeforeIt) {
    const PgShelf has = shelf();
    EXPECT_EQ(windows_of(has), (std::vector<Window>{{second(13), before(100)}}));
    EXPECT_EQ(label_for(has, to(Target::Kind::Time, second(12))), "moment_unreachable");
    EXPECT_EQ(label_for(has, to(Target::Kind::Time, second(13))), "A");
    EXPECT_EQ(label_for(has, to(Target::Kind::Time, second(42))), "A") << "B was not finished";
    EXPECT_EQ(label_for(has, to(Target::Kind::Time, second(43))), "B");
    EXPECT_EQ(label_for(has, to(Target::Kind::Time, before(100))), "B");
    EXPECT_EQ(label_for(has, to(Target::Kind::Time, second(100))), "moment_unreachable")
        << "no commit is after it, at which it would stop";
    EXPECT_EQ(label_for(has, to(Target::Kind::Time, second(101))), "moment_unreachable");
    EXPECT_EQ(label_for(has, to(Target::Kind::Latest)), "B");
    EXPECT_EQ(label_for(has, to(Target::Kind::Immediate)), "B");
    EXPECT_EQ(label_for(has, to(Target::Kind::Lsn, {}, at(5))), "A");
    EXPECT_EQ(label_for(has, to(Target::Kind::Lsn, {}, at(6, 299))), "A");
    EXPECT_EQ(label_for(has, to(Target::Kind::Lsn, {}, at(6, 300))), "B");
    EXPECT_EQ(label_for(has, to(Target::Kind::Lsn, {}, at(10, 1))), "moment_unreachable");
    EXPECT_EQ(label_for(has, to(Target::Kind::Name)), "A") << "it may be before B";
}

TEST(RestorePlanTest, ABackupIsNamedByItsLabelOrTheBeginningOfItsId) {
    PgShelf has = shelf();
    has.backups[0].annotations["syncwatch"] = "01934567-aaaa";
    has.backups[1].annotations["syncwatch"] = "01934567-bbbb";
    const auto named = [&](const char* name) {
        PgWish wish = to(Target::Kind::Latest);
        wish.backup = name;
        return label_for(has, wish);
    };
    EXPECT_EQ(named(""), "B");
    EXPECT_EQ(named("A"), "A");
    EXPECT_EQ(named("01934567-a"), "A");
    EXPECT_EQ(named("01934567-bbbb"), "B");
    EXPECT_EQ(named("01934567"), "several_backups");
    EXPECT_EQ(named("01934568"), "no_such_backup");
    EXPECT_EQ(named("C"), "no_such_backup");
}

TEST(PgReachTest, WhereTheEndIsNotKnownNothingIsPromised) {
    PgShelf has = shelf();
    has.last_commits.clear();
    has.log[0].stored = second(120);
    const auto sure = plan_pg_restore({has}, to(Target::Kind::Time, second(43)));
    ASSERT_TRUE(sure);
    EXPECT_TRUE(sure->is_promised);
    const auto perhaps = plan_pg_restore({has}, to(Target::Kind::Time, second(120)));
    ASSERT_TRUE(perhaps);
    EXPECT_FALSE(perhaps->is_promised);
    EXPECT_EQ(label_for(has, to(Target::Kind::Time, second(121))), "moment_unreachable");
}

TEST(PgReachTest, BeyondAHoleOnlyLaterBackupsReach) {
    PgShelf has = shelf();
    has.log[0].held = {{at(1), at(5)}, {at(6), at(10)}};
    EXPECT_EQ(holes_in(has.log), (std::vector<std::string>{"000000010000000000000005"}));
    EXPECT_EQ(holes_in(has.log, at(6)), (std::vector<std::string>{}));
    EXPECT_EQ(windows_of(has),
              (std::vector<Window>{{second(13), second(13)}, {second(43), before(100)}}));
    EXPECT_EQ(label_for(has, to(Target::Kind::Time, second(30))), "moment_unreachable");
    EXPECT_EQ(label_for(has, to(Target::Kind::Time, second(50))), "B");
    EXPECT_EQ(label_for(has, to(Target::Kind::Lsn, {}, at(4))), "A");
    has.log[0].held = {{at(1), at(5)}, {at(9), at(10)}};
    EXPECT_EQ(holes_in(has.log),
              (std::vector<std::string>{"000000010000000000000005 to 000000010000000000000008"}));
    EXPECT_EQ(label_for(has, to(Target::Kind::Latest)), "moment_unreachable")
        << "it would end at the hole, and look well";
    const auto refused = plan_pg_restore({has}, to(Target::Kind::Latest));
    EXPECT_NE(refused.error().message.find("without 000000010000000000000005 to"),
              std::string::npos);
}

TEST(PgReachTest, ABackupWhoseOwnLogIsNotThereIsNone) {
    PgShelf has = shelf();
    has.log[0].held = {{at(1), at(3)}};
    EXPECT_TRUE(windows_of(has).empty());
    EXPECT_EQ(label_for(has, to(Target::Kind::Immediate)), "moment_unreachable");
}

TEST(PgReachTest, OfSeveralPastsOneIsNamed) {
    PgShelf has = shelf();
    has.log.push_back({2, 1, at(7, 500), {{at(7), at(9)}}});
    has.last_commits[2] = second(80);
    const auto unclear = plan_pg_restore({has}, to(Target::Kind::Latest));
    EXPECT_EQ(unclear.error().reason, "which_timeline");
    EXPECT_NE(unclear.error().message.find("timeline 2 left 1 at 0/70001F4"), std::string::npos)
        << unclear.error().message;
    PgWish wish = to(Target::Kind::Time, before(80));
    wish.timeline = 2;
    EXPECT_EQ(label_for(has, wish), "B");
    wish.target.time = second(81);
    EXPECT_EQ(label_for(has, wish), "moment_unreachable");
    has.log[1].begins = at(6, 100);
    EXPECT_EQ(label_for(has, wish), "moment_unreachable") << "its first piece is not there";
    has.log[1].held = {{at(6), at(9)}};
    wish.target.time = second(43);
    EXPECT_EQ(label_for(has, wish), "A") << "B was made after the timelines parted";
    has.log[1].parent = 5;
    EXPECT_EQ(label_for(has, wish), "moment_unreachable") << "where it came from is not known";
    has.log[1].parent = 2;
    EXPECT_TRUE(way_to(has.log, 2).empty()) << "it is its own parent";
}

TEST(PgReachTest, WhatTheServerSaysAndTheRepositoryHoldsAreCompared) {
    const PgShelf has = shelf();
    DatabaseBackups::Server server;
    server.is_archiving = true;
    server.position = at(10, 5);
    server.last_archived = "000000010000000000000009";
    server.last_archived_at = second(90);
    EXPECT_EQ(archive_gaps(server, has), (std::vector<std::string>{}));
    server.last_archived = "00000001000000000000000A";
    EXPECT_EQ(archive_gaps(server, has).size(), 1u) << "it was discarded, or it is on its way";
    server.last_failed = "00000001000000000000000B";
    server.last_failed_at = second(91);
    server.position = at(20);
    EXPECT_EQ(archive_gaps(server, has).size(), 3u);
    server.is_archiving = false;
    EXPECT_NE(archive_gaps(server, has)[0].find("archive_mode"), std::string::npos);
}

}  // namespace
}  // namespace syncwatch::recovery
