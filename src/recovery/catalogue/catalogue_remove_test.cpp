#include <gtest/gtest.h>

#include "harness/catalogue_world.h"
#include "recovery/catalogue/catalogue.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

using CatalogueRemoveTest = CatalogueWorld;

TEST_F(CatalogueRemoveTest, WhatIsRemovedIsGoneEverywhereAndNobodyTakesItForLost) {
    const BackupRecord first = stored();
    const BackupRecord second = stored();
    const BackupRecord third = stored();
    for (const auto& each : {first, second, third}) add(each);
    ASSERT_TRUE(run_to_end(catalogue_.add_verification(sound(second.id))));
    ASSERT_TRUE(run_to_end(catalogue_.pin(first.id, "")));
    const auto refused = run_to_end(catalogue_.remove("sqlite", {second.id, first.id}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "pinned");
    EXPECT_EQ(survey().backups.size(), 3u) << "nothing was removed";

    EXPECT_TRUE(must(run_to_end(catalogue_.remove("sqlite", {second.id}))).empty());
    const Survey after = survey();
    EXPECT_EQ(after.backups.size(), 2u);
    EXPECT_TRUE(after.chain_faults().empty());
    EXPECT_TRUE(after.verifications.empty());
    for (BackupRepository* each : {near_.get(), far_.get()}) {
        EXPECT_TRUE(must(run_to_end(each->list(catalogue_.names().data(second)))).empty());
    }
    EXPECT_EQ(run_to_end(catalogue_.remove("sqlite", {made().id})).error().code,
              ErrorCode::NotFound);
}

TEST_F(CatalogueRemoveTest, WhatWasRemovedWhileAPlaceWasAwayDoesNotComeBackFromIt) {
    const BackupRecord gone = stored();
    add(gone);
    add(stored());
    take_away("far");
    const auto first = must(run_to_end(catalogue_.remove("sqlite", {gone.id})));
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(first[0].place, "far");
    bring_back("far");
    EXPECT_TRUE(found(survey(), gone.id).is_expired);
    EXPECT_EQ(survey().history_of("sqlite").records.size(), 1u) << "it is decided already";
    EXPECT_TRUE(must(run_to_end(catalogue_.add(stored()))).missing.empty());
    EXPECT_FALSE(has(*near_, catalogue_.names().record(gone)));
    EXPECT_TRUE(must(run_to_end(catalogue_.remove("sqlite", {gone.id}))).empty());
    EXPECT_FALSE(has(*far_, catalogue_.names().record(gone)));
    Catalogue far_alone = open({{"far", far_.get()}});
    EXPECT_TRUE(must(run_to_end(far_alone.survey())).chain_faults().empty()) << "it was told why";
    EXPECT_TRUE(must(run_to_end(catalogue_.sync())).empty());
    EXPECT_FALSE(has(*near_, catalogue_.names().record(gone)));
}

TEST_F(CatalogueRemoveTest, WhatMayNotBeDeletedStaysAndIsTold) {
    KeepingRepository keeping(*far_);
    Catalogue guarded = open({{"near", near_.get()}, {"far", &keeping}});
    const BackupRecord gone = stored();
    add(gone);
    add(stored());
    ASSERT_TRUE(run_to_end(guarded.add_verification(sound(gone.id))));
    const auto left = must(run_to_end(guarded.remove("sqlite", {gone.id})));
    ASSERT_EQ(left.size(), 1u);
    EXPECT_EQ(left[0], (Trouble{"far", gone.id.text(), "these keys may not delete"}));
    EXPECT_TRUE(must(run_to_end(guarded.sync())).empty());
    const Survey after = must(run_to_end(guarded.survey()));
    EXPECT_EQ(found(after, gone.id).places, Places{"far"});
    EXPECT_TRUE(found(after, gone.id).is_expired);
    EXPECT_TRUE(after.missing.empty()) << "nobody misses it";
    EXPECT_TRUE(must(run_to_end(near_->list(guarded.names().verifications()))).empty());
}

TEST_F(CatalogueRemoveTest, WhatRetentionDecidesCanBeDone) {
    std::vector<BackupId> ids;
    for (int i = 0; i < 5; ++i) ids.push_back(add(stored()));
    const auto expiry = expire(survey().history_of("sqlite"), {2min, 1}, clock_.wall());
    ASSERT_EQ(expiry.goes.size(), 2u);
    EXPECT_TRUE(must(run_to_end(catalogue_.remove("sqlite", expiry.goes))).empty());
    EXPECT_EQ(survey().backups.size(), 3u);
    EXPECT_TRUE(survey().chain_faults().empty());
}

}  // namespace
}  // namespace syncwatch::recovery
