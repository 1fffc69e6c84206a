#include "recovery/snapshots/snapshot_component.h"

#include <functional>
#include <optional>

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

/// A source, and something that happens as soon as it was read.
class TakenThen final : public SnapshotSource {
public:
    TakenThen(SnapshotSource& source, std::function<void()> then)
        : source_(source), then_(std::move(then)) {}
    std::string file_name() const override { return source_.file_name(); }
    Async<std::string> fingerprint() override { return source_.fingerprint(); }
    Async<Facts> take(std::filesystem::path into) override {
        auto taken = co_await source_.take(std::move(into));
        then_();
        co_return taken;
    }
    Async<Counts> inspect(std::filesystem::path file) override {
        return source_.inspect(std::move(file));
    }
    Async<Counts> rehearse(std::filesystem::path file, std::filesystem::path scratch) override {
        return source_.rehearse(std::move(file), std::move(scratch));
    }

private:
    SnapshotSource& source_;
    const std::function<void()> then_;
};

TEST_F(SnapshotComponentTest, PlacesThatGoAwayInTheMiddleLeaveNoHalfBackup) {
    const auto run_while = [this](const std::function<void()>& then) {
        TakenThen source(source_, then);
        SnapshotComponent lines("lines", {source, files_, clock_, folder_.path() / "scratch"});
        Backups backups({catalogue_, {&lines}, clock_, random_, "node-1", "1.0"});
        clock_.advance(std::chrono::minutes(1));
        return run_to_end(backups.run({"lines", std::nullopt, true}, {}));
    };
    const auto refused = run_while([this] {
        take_away("near");
        take_away("far");
    });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable) << refused.error().message;
    bring_back("near");
    bring_back("far");
    EXPECT_TRUE(survey().backups.empty());
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "scratch"));
    // One of them is enough, and the other gets it later.
    const auto made = run_while([this] { take_away("near"); });
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->missing.size(), 1U);
    bring_back("near");
    const BackupRecord record = made->stored.record;
    EXPECT_TRUE(look(record.id, VerifyLevel::Restore).verification.sound);
    EXPECT_TRUE(std::filesystem::exists(stored_file("near", record)));
}

TEST_F(SnapshotComponentTest, AFileComesBackThoughAPlaceGoesAwayAndHalfOfItIsNothing) {
    const BackupRecord record = run().stored.record;
    const auto to = folder_.path() / "back";
    take_away("near");
    ASSERT_TRUE(run_to_end(files_.fetch(record, to)));
    EXPECT_EQ(contents_of(to), "one\ntwo\nend\n");
    std::filesystem::remove(to);
    take_away("far");
    EXPECT_EQ(run_to_end(files_.fetch(record, to)).error().code, ErrorCode::Unavailable);
    EXPECT_FALSE(std::filesystem::exists(to));
}

TEST_F(SnapshotComponentTest, TwoAtOnceAreTwoAndTheChainGoesOnFromBoth) {
    std::optional<BackupRecord> inner;
    TakenThen source(source_, [&] { inner = run(true).stored.record; });
    SnapshotComponent lines("lines", {source, files_, clock_, folder_.path() / "scratch"});
    Backups backups({catalogue_, {&lines}, clock_, random_, "node-2", "1.0"});
    const auto outer = must(run_to_end(backups.run({"lines", std::nullopt, true}, {})));
    ASSERT_TRUE(inner);
    EXPECT_NE(outer.stored.record.id, inner->id);
    (void)run(true);
    const auto all = survey();
    EXPECT_EQ(all.backups.size(), 3U);
    EXPECT_TRUE(all.chain_faults().empty());
    for (const auto& each : all.backups) EXPECT_EQ(words(each.record()), "");
}

}  // namespace
}  // namespace syncwatch::recovery
