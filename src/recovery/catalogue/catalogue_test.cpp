#include "recovery/catalogue/catalogue.h"

#include <gtest/gtest.h>

#include "harness/catalogue_world.h"

namespace syncwatch::recovery {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

using CatalogueTest = CatalogueWorld;

TEST_F(CatalogueTest, WhatIsAddedIsInBothPlacesAndKnowsWhatCameBefore) {
    BackupRecord record = stored();
    record.started += 999us;
    const auto first = must(run_to_end(catalogue_.add(record)));
    EXPECT_TRUE(first.missing.empty());
    EXPECT_EQ(first.stored.record.started, record.finished) << "to the millisecond";
    const auto second = must(run_to_end(catalogue_.add(stored())));
    EXPECT_FALSE(first.stored.record.previous);
    EXPECT_EQ(second.stored.record.previous,
              (ChainLink{first.stored.record.id, first.stored.hash}));
    EXPECT_FALSE(must(run_to_end(catalogue_.add(made("redis")))).stored.record.previous)
        << "each component has a chain of its own";

    const Survey all = survey(Catalogue::Depth::Copies);
    ASSERT_EQ(all.backups.size(), 3u);
    EXPECT_EQ(found(all, first.stored.record.id).stored, first.stored);
    EXPECT_EQ(found(all, first.stored.record.id).places, (Places{"near", "far"}));
    EXPECT_TRUE(all.damaged.empty() && all.away.empty() && all.missing.empty());
    EXPECT_TRUE(all.chain_faults().empty());
    EXPECT_EQ(all.windows().at("sqlite").size(), 2u);
}

TEST_F(CatalogueTest, EitherPlaceAloneIsTheWholeCatalogue) {
    const BackupId id = add(stored());
    ASSERT_TRUE(run_to_end(catalogue_.pin(id, "audit")));
    ASSERT_TRUE(run_to_end(catalogue_.add_verification(sound(id))));
    for (BackupRepository* each : {near_.get(), far_.get()}) {
        Catalogue other = open({{"this", each}});
        const Survey all = must(run_to_end(other.survey()));
        ASSERT_EQ(all.backups.size(), 1u);
        EXPECT_TRUE(all.pinned.contains(id));
        ASSERT_EQ(all.verifications.size(), 1u);
        EXPECT_EQ(all.verifications[0].at, clock_.wall());
    }
}

TEST_F(CatalogueTest, WhatIsNoRecordIsRefused) {
    BackupRecord bad = made("No Component");
    EXPECT_EQ(run_to_end(catalogue_.add(bad)).error().code, ErrorCode::InvalidInput);
    bad = made();
    bad.annotations["why"] = "\xff";
    EXPECT_EQ(run_to_end(catalogue_.add(bad)).error().code, ErrorCode::InvalidInput);
    bad = made();
    bad.id = {};
    EXPECT_EQ(run_to_end(catalogue_.add(bad)).error().code, ErrorCode::InvalidInput);
    const BackupRecord good = made();
    add(good);
    BackupRecord twin = good;
    twin.node = "another";
    EXPECT_EQ(run_to_end(catalogue_.add(twin)).error().code, ErrorCode::Conflict);
    EXPECT_EQ(survey().backups.size(), 1u);
}

TEST_F(CatalogueTest, WhoDoesNotKnowWhetherItWasAddedAddsItAgain) {
    add(stored());
    const BackupRecord record = stored();
    const auto once = must(run_to_end(catalogue_.add(record)));
    add(stored());
    fs::remove(file_of("far", record));  // It had come no further.
    Catalogue other = open({{"near", near_.get()}, {"far", far_.get()}});
    EXPECT_EQ(must(run_to_end(other.add(record))).stored, once.stored);
    EXPECT_EQ(found(survey(), record.id).places, (Places{"near", "far"}));
    EXPECT_EQ(survey().backups.size(), 3u);
    EXPECT_TRUE(survey().chain_faults().empty());
}

TEST_F(CatalogueTest, APlaceThatIsAwayIsToldAndGetsItWithTheNextOne) {
    take_away("far");
    const BackupRecord missed = stored("missed");
    const auto added = must(run_to_end(catalogue_.add(missed)));
    ASSERT_EQ(added.missing.size(), 1u);
    EXPECT_EQ(added.missing[0].place, "far");
    EXPECT_EQ(survey().away.size(), 1u);
    EXPECT_EQ(survey().backups.size(), 1u) << "the near one knows it";
    bring_back("far");
    EXPECT_EQ(survey().missing.size(), 1u);

    const auto next = must(run_to_end(catalogue_.add(stored())));
    EXPECT_TRUE(next.missing.empty());
    EXPECT_EQ(next.stored.record.previous->id, missed.id);
    EXPECT_TRUE(has(*far_, catalogue_.names().data(missed, "base"))) << "its bytes came as well";
    const Survey after = survey();
    EXPECT_TRUE(after.missing.empty());
    EXPECT_EQ(found(after, missed.id).places, (Places{"near", "far"}));
}

TEST_F(CatalogueTest, ARecordIsNowhereWhereItsBytesAreNot) {
    const BackupRecord record = made();
    const std::string name = catalogue_.names().data(record, "base");
    ASSERT_TRUE(run_to_end(far_->create(name, std::string("only here"))));
    ASSERT_TRUE(must(run_to_end(catalogue_.add(record))).missing.empty());
    EXPECT_EQ(must(run_to_end(near_->read(name))), "only here");

    const BackupRecord torn = made();
    ASSERT_TRUE(run_to_end(near_->create(catalogue_.names().data(torn, "a"), std::string("a"))));
    ASSERT_TRUE(run_to_end(far_->create(catalogue_.names().data(torn, "b"), std::string("b"))));
    EXPECT_EQ(run_to_end(catalogue_.add(torn)).error().code, ErrorCode::Conflict);
    EXPECT_EQ(survey().find(torn.id), nullptr);
}

TEST_F(CatalogueTest, BytesOfAnySizeAreBroughtAndAddDoesNotWaitForAllOfThem) {
    take_away("far");
    const BackupRecord large = made();
    const fs::path file = folder_.path() / "large";
    overwrite(file, "");
    fs::resize_file(file, BackupRepository::kMostRead + 1);
    ASSERT_TRUE(run_to_end(near_->create_from(catalogue_.names().data(large, "base"), file)));
    add(large);
    const BackupRecord small = stored("small");
    add(small);
    bring_back("far");
    const auto next = must(run_to_end(catalogue_.add(made())));
    EXPECT_EQ(next.missing.size(), 1u) << "the large one came, and was enough for once";
    EXPECT_TRUE(has(*far_, catalogue_.names().record(large)));
    EXPECT_FALSE(has(*far_, catalogue_.names().record(small)));
    EXPECT_TRUE(must(run_to_end(catalogue_.sync())).empty());
    EXPECT_TRUE(survey().missing.empty());
    EXPECT_EQ(must(run_to_end(far_->list(catalogue_.names().data(large)))).front().size,
              BackupRepository::kMostRead + 1);
}

TEST_F(CatalogueTest, WhereNoPlaceAnswersNothingIsKnown) {
    add(stored());
    take_away("near");
    EXPECT_EQ(survey().backups.size(), 1u);
    take_away("far");
    EXPECT_EQ(run_to_end(catalogue_.survey()).error().code, ErrorCode::Unavailable);
    EXPECT_EQ(run_to_end(catalogue_.add(made())).error().code, ErrorCode::Unavailable);
    EXPECT_EQ(run_to_end(catalogue_.sync()).error().code, ErrorCode::Unavailable);
    EXPECT_EQ(run_to_end(catalogue_.pin(made().id, "")).error().code, ErrorCode::Unavailable);
}

TEST_F(CatalogueTest, LooksAreAppendedAndTheNewestWordAboutAPinCounts) {
    const BackupId id = add(stored());
    for (const char* words : {"1", "2", "3"}) {
        Verification look = sound(id);
        look.words = words;
        ASSERT_TRUE(run_to_end(catalogue_.add_verification(look))) << "in one millisecond";
    }
    EXPECT_EQ(survey().verifications.size(), 3u);
    ASSERT_TRUE(run_to_end(catalogue_.pin(id, "the audit")));
    EXPECT_TRUE(survey().pinned.contains(id));
    ASSERT_TRUE(run_to_end(catalogue_.unpin(id, "it is over")));
    EXPECT_FALSE(survey().pinned.contains(id));
    clock_.advance(1s);
    ASSERT_TRUE(run_to_end(catalogue_.pin(id, "once more")));
    EXPECT_TRUE(survey().pinned.contains(id));
}

TEST_F(CatalogueTest, WhatWasCarriedOutIsKeptInBothPlacesTheOldestFirst) {
    take_away("far");
    for (const char* remark : {"first", "second"}) {
        const CarriedOut done{"database-lost", {}, 5s, "db1", remark};
        EXPECT_EQ(must(run_to_end(catalogue_.note_carried_out(done))).size(), 1U);
        clock_.advance(1min);
    }
    bring_back("far");
    must(run_to_end(catalogue_.sync()));
    Catalogue far = open({{"far", far_.get()}});
    const auto all = must(run_to_end(far.carried_out()));
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all.at(0).remark, "first");
    EXPECT_EQ(all.at(1).took, 5s);
    EXPECT_GT(all.at(1).at, all.at(0).at);
    EXPECT_FALSE(run_to_end(catalogue_.note_carried_out({"../up", {}, 5s, "db1", ""})));
    EXPECT_FALSE(run_to_end(catalogue_.note_carried_out({"x", {}, 5s, "db1", "\xff"})));
}

}  // namespace
}  // namespace syncwatch::recovery
