#include "recovery/snapshots/snapshot_component.h"

#include "harness/contents_of.h"
#include "harness/snapshot_world.h"

namespace syncwatch::recovery {
namespace {

class SnapshotComponentTest : public SnapshotWorld {
protected:
    /// What is wrong with it, as the deepest look says it; empty: it is sound.
    std::string words(const BackupRecord& record) {
        const auto looked =
            must(run_to_end(lines_.verify(record, VerifyLevel::Restore, TellProgress())));
        EXPECT_EQ(looked.sound, looked.words.empty());
        return looked.words;
    }
};

TEST_F(SnapshotComponentTest, ASnapshotIsInBothPlacesWithAllThatIsKnownOfIt) {
    const auto made = run();
    EXPECT_TRUE(made.missing.empty());
    const BackupRecord& record = made.stored.record;
    for (const char* place : {"near", "far"}) {
        EXPECT_EQ(contents_of(stored_file(place, record)), "one\ntwo\nend\n");
    }
    EXPECT_EQ(record.kind, BackupKind::Snapshot);
    EXPECT_EQ(record.engine, "lines");
    EXPECT_EQ(record.node, "node-1");
    EXPECT_EQ(record.stored_bytes, 12U);
    EXPECT_EQ(record.counts.at("lines"), 3U);
    EXPECT_EQ(record.window.from, record.window.to);
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "scratch"));
}

TEST_F(SnapshotComponentTest, EachLevelSeesASoundOneAndLeavesNothingBehind) {
    const BackupId id = run().stored.record.id;
    for (const VerifyLevel level :
         {VerifyLevel::Checksums, VerifyLevel::Structure, VerifyLevel::Restore}) {
        const auto looked = look(id, level);
        EXPECT_TRUE(looked.verification.sound) << looked.verification.words;
        EXPECT_EQ(looked.verification.bytes, 24U);  // In both places.
        EXPECT_EQ(looked.verification.counts.contains("lines"), level != VerifyLevel::Checksums);
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "scratch"));
    EXPECT_EQ(survey().verifications.size(), 3U);
}

TEST_F(SnapshotComponentTest, DamageIsToldByPlace) {
    const BackupRecord record = run().stored.record;
    const auto near = stored_file("near", record);
    overwrite(near, "one\ntwO\nend\n");
    EXPECT_EQ(words(record), "in near: its bytes are not those that were written");
    overwrite(near, "one\n");
    EXPECT_EQ(words(record), "in near: it has 4 bytes, and 12 were written");
    std::filesystem::remove(near);
    EXPECT_NE(words(record).find("in near: "), std::string::npos);
    std::filesystem::remove(stored_file("far", record));
    EXPECT_NE(words(record).find("in far: "), std::string::npos);
}

TEST_F(SnapshotComponentTest, OneThatIsWholeAndWrongFailsTheDeeperLooks) {
    write("one\ntwo\n");  // Its bytes are what was written; what was written is no use.
    const BackupRecord record = run().stored.record;
    EXPECT_TRUE(look(record.id, VerifyLevel::Checksums).verification.sound);
    EXPECT_EQ(look(record.id, VerifyLevel::Structure).verification.words, "it does not end");
}

TEST_F(SnapshotComponentTest, CountsAreHeldAgainstTheRecord) {
    BackupRecord record = run().stored.record;
    record.counts["lines"] = 4;
    EXPECT_EQ(words(record), "it has 3 lines, and 4 were backed up");
    record.counts = {{"keys", 1}};
    EXPECT_EQ(words(record), "it has 0 keys, and 1 were backed up");
}

TEST_F(SnapshotComponentTest, APlaceThatIsAwayIsNoVerdict) {
    const BackupRecord record = run().stored.record;
    take_away("near");
    const auto looked = must(run_to_end(lines_.verify(record, VerifyLevel::Restore, {})));
    EXPECT_TRUE(looked.sound);
    EXPECT_NE(looked.words.find("in near: "), std::string::npos);
    take_away("far");
    const auto nobody = run_to_end(lines_.verify(record, VerifyLevel::Restore, {}));
    ASSERT_FALSE(nobody);
    EXPECT_EQ(nobody.error().code, ErrorCode::Unavailable);
}

TEST_F(SnapshotComponentTest, WhatCannotBeTakenLeavesNoRecord) {
    std::filesystem::remove(folder_.path() / "source");
    const auto made = run_to_end(backups_.run({"lines", std::nullopt, true}, {}));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().message, "there is nothing to take");
    EXPECT_TRUE(survey().backups.empty());
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "scratch"));
}

TEST_F(SnapshotComponentTest, AFileComesBackFromWhicheverPlaceHasItWhole) {
    const BackupRecord record = run().stored.record;
    overwrite(stored_file("near", record), "xxx\ntwo\nend\n");
    const auto to = folder_.path() / "back";
    ASSERT_TRUE(run_to_end(files_.fetch(record, to)));
    EXPECT_EQ(contents_of(to), "one\ntwo\nend\n");
    overwrite(stored_file("far", record), "xxx\ntwo\nend\n");
    std::filesystem::remove(to);
    EXPECT_FALSE(run_to_end(files_.fetch(record, to)));
    EXPECT_FALSE(std::filesystem::exists(to));
}

}  // namespace
}  // namespace syncwatch::recovery
