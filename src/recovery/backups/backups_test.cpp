#include "recovery/backups/backups.h"

#include "harness/contents_of.h"
#include "harness/snapshot_world.h"
#include "recovery/catalogue/record_text.h"

namespace syncwatch::recovery {
namespace {

using BackupsTest = SnapshotWorld;
using namespace std::chrono_literals;

TEST_F(BackupsTest, WhatDidNotChangeIsNotBackedUpAgain) {
    const auto first = run();
    EXPECT_TRUE(first.is_new);
    const auto again = run();
    EXPECT_FALSE(again.is_new);
    EXPECT_EQ(again.stored, first.stored);
    EXPECT_TRUE(run(true).is_new);
    write("one\nend\n");
    EXPECT_TRUE(run().is_new);
    EXPECT_EQ(survey().records_of("lines").size(), 3U);
}

TEST_F(BackupsTest, WhatCannotBeMadeIsSaid) {
    const auto other = run_to_end(backups_.run({"pg", std::nullopt, false}, {}));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().message, "pg is nothing that is backed up here");
    const auto kind = run_to_end(backups_.run({"lines", BackupKind::Full, false}, {}));
    ASSERT_FALSE(kind);
    EXPECT_EQ(kind.error().message, "lines has no full backups, but snapshot");
}

TEST_F(BackupsTest, ItIsMadeWhileOnePlaceIsAway) {
    take_away("near");
    const auto made = run();
    EXPECT_TRUE(made.is_new);
    bring_back("near");
    EXPECT_TRUE(look(made.stored.record.id, VerifyLevel::Restore).verification.sound);
    EXPECT_EQ(contents_of(stored_file("near", made.stored.record)), "one\ntwo\nend\n");
}

TEST_F(BackupsTest, TheOneThatWasNotLookedAtForLongestComesFirst) {
    const BackupId a = run(true).stored.record.id;
    const BackupId b = run(true).stored.record.id;
    const BackupId c = run(true).stored.record.id;
    std::vector<BackupId> turns;
    for (int i = 0; i < 5; ++i) {
        turns.push_back(longest_unseen(survey(), "lines", VerifyLevel::Structure).value());
        look(turns.back(), VerifyLevel::Structure);
    }
    // New ones first, then those whose look is oldest.
    EXPECT_EQ(turns, (std::vector<BackupId>{c, b, a, c, b}));
    look(a, VerifyLevel::Checksums);  // Not as thorough: it does not count.
    EXPECT_EQ(longest_unseen(survey(), "lines", VerifyLevel::Structure), a);
    EXPECT_EQ(longest_unseen(survey(), "other", VerifyLevel::Structure), std::nullopt);
}

TEST_F(BackupsTest, ExpiryRemovesRecordsAndBytesAndOnlyForReal) {
    const BackupRecord old = run(true).stored.record;
    clock_.advance(240h);
    const BackupRecord young = run(true).stored.record;
    look(young.id, VerifyLevel::Restore);
    const Retention retention{24h, 1};
    const auto shown = must(run_to_end(backups_.expire("lines", retention, false)));
    EXPECT_TRUE(shown.expiry.goes.empty());  // The newest from before the kept time stays.
    clock_.advance(240h);
    const BackupRecord last = run(true).stored.record;
    look(last.id, VerifyLevel::Restore);
    EXPECT_EQ(must(run_to_end(backups_.expire("lines", retention, false))).expiry.goes,
              std::vector{old.id});
    EXPECT_EQ(survey().records_of("lines").size(), 3U);
    EXPECT_TRUE(must(run_to_end(backups_.expire("lines", retention, true))).left.empty());
    EXPECT_EQ(survey().records_of("lines").size(), 2U);
    for (const char* place : {"near", "far"}) {
        EXPECT_FALSE(std::filesystem::exists(stored_file(place, old)));
        EXPECT_TRUE(std::filesystem::exists(stored_file(place, young)));
    }
    EXPECT_TRUE(survey().chain_faults().empty());
}

TEST_F(BackupsTest, WhatSomebodyReadsStaysAndGoesWhenItWasRead) {
    for (int i = 0; i < 3; ++i) {
        (void)run(true);
        clock_.advance(240h);
    }
    Hold hold;
    hold.component = "lines";
    hold.reader = random_.make_id<ReaderId>(clock_.wall());
    Holder reader(catalogue_.names(), {{"near", near_.get()}}, hold);
    must(run_to_end(reader.hold_until(clock_.wall() + 1h)));
    const Retention retention{24h, 1};
    EXPECT_TRUE(must(run_to_end(backups_.expire("lines", retention, true))).expiry.goes.empty());
    EXPECT_EQ(survey().records_of("lines").size(), 3U);
    must(run_to_end(reader.let_go()));
    // As it is when somebody began to read after the decision: noted, and not removed.
    const BackupRecord noted = survey().records_of("lines").front();
    const ExpiryNote note{clock_.wall(), "lines", {{noted.id, ""}}};
    must(run_to_end(
        near_->create(catalogue_.names().expiry("lines", clock_.wall()), write_expiry(note))));
    EXPECT_TRUE(std::filesystem::exists(stored_file("near", noted)));
    must(run_to_end(backups_.expire("lines", retention, true)));
    EXPECT_FALSE(std::filesystem::exists(stored_file("near", noted)));
}

TEST_F(BackupsTest, WhatIsLookedAtDoesNotExpireMeanwhile) {
    std::vector<BackupId> made;
    for (int i = 0; i < 3; ++i) {
        made.push_back(run(true).stored.record.id);
        clock_.advance(240h);
    }
    // Another machine wants to be rid of it, in the middle of the look.
    Catalogue others = open({{"near", near_.get()}, {"far", far_.get()}});
    Backups elsewhere({others, {&lines_}, clock_, random_, "node-2", "1.0"});
    const auto expire = [&] {
        return must(run_to_end(elsewhere.expire("lines", Retention{24h, 1}, true)));
    };
    std::size_t attempts = 0;
    const auto looked =
        must(run_to_end(backups_.verify(made.front(), VerifyLevel::Restore, [&](const Progress&) {
            ++attempts;
            EXPECT_TRUE(expire().expiry.goes.empty());
        })));
    EXPECT_GT(attempts, 0U);
    EXPECT_TRUE(looked.verification.sound) << looked.verification.words;
    EXPECT_TRUE(looked.unheld.empty());
    look(made.back(), VerifyLevel::Restore);
    EXPECT_FALSE(expire().expiry.goes.empty()) << "nobody reads any more";
}

TEST_F(BackupsTest, WhatHasExpiredAndIsStillThereIsNotLookedAt) {
    const BackupRecord noted = run(true).stored.record;
    const ExpiryNote note{clock_.wall(), "lines", {{noted.id, ""}}};
    must(run_to_end(
        near_->create(catalogue_.names().expiry("lines", clock_.wall()), write_expiry(note))));
    const auto looked = run_to_end(backups_.verify(noted.id, VerifyLevel::Checksums, {}));
    ASSERT_FALSE(looked);
    EXPECT_EQ(looked.error().code, ErrorCode::NotFound);
    EXPECT_EQ(looked.error().message, noted.id.text() + " has expired");
    EXPECT_TRUE(survey().verifications.empty());
}

}  // namespace
}  // namespace syncwatch::recovery
