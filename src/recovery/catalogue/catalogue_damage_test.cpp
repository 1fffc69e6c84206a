#include <gtest/gtest.h>

#include "harness/catalogue_world.h"
#include "harness/contents_of.h"
#include "recovery/catalogue/catalogue.h"
#include "recovery/catalogue/record_text.h"

namespace syncwatch::recovery {
namespace {

namespace fs = std::filesystem;

using CatalogueDamageTest = CatalogueWorld;

TEST_F(CatalogueDamageTest, ADamagedRecordIsToldAndHidesNoOther) {
    const BackupRecord whole = stored();
    add(whole);
    const std::string older = contents_of(file_of("near", whole));
    struct Case {
        std::string what;
        std::string text;
    };
    const BackupRecord victim = stored();
    add(victim);
    add(stored());
    const std::string good = contents_of(file_of("near", victim));
    std::string flipped = good;
    flipped[good.size() / 2] ^= 1;
    for (const Case& each : {Case{"it is cut off", good.substr(0, good.size() / 2)},
                             Case{"its bytes are not those that were written", flipped},
                             Case{"it is empty", ""}, Case{"it is of another backup", older}}) {
        for (const char* place : {"near", "far"}) overwrite(file_of(place, victim), each.text);
        Catalogue fresh = open({{"near", near_.get()}, {"far", far_.get()}});
        const Survey all = must(run_to_end(fresh.survey()));
        EXPECT_EQ(all.backups.size(), 2u) << each.what;
        ASSERT_FALSE(all.damaged.empty());
        EXPECT_EQ(all.damaged[0].object, catalogue_.names().record(victim));
        EXPECT_EQ(all.damaged[0].what, each.what);
        EXPECT_EQ(all.unreadable, std::vector{victim.id});
        EXPECT_TRUE(all.chain_faults().empty()) << "it is told once";
    }
}

TEST_F(CatalogueDamageTest, OfADamagedRecordTheOtherCopyCounts) {
    const BackupRecord other = stored();
    add(other);
    const BackupRecord record = stored();
    add(record);
    for (const std::string& text : {std::string("{}"), contents_of(file_of("near", other))}) {
        overwrite(file_of("near", record), text);
        Catalogue fresh = open({{"near", near_.get()}, {"far", far_.get()}});
        const Survey all = must(run_to_end(fresh.survey()));
        EXPECT_EQ(all.backups.size(), 2u);
        ASSERT_EQ(all.damaged.size(), 1u);
        EXPECT_EQ(all.damaged[0].place, "near");
        EXPECT_TRUE(all.unreadable.empty());
    }
}

TEST_F(CatalogueDamageTest, TheNewestIsProvenByItsOtherCopy) {
    const BackupRecord record = stored();
    add(record);
    BackupRecord forged = must(read_record(contents_of(file_of("near", record)))).record;
    forged.node = "b";
    forged.position = "";
    overwrite(file_of("near", record), write_record(forged));
    const Survey all = survey(Catalogue::Depth::Copies);
    ASSERT_EQ(all.damaged.size(), 1u);
    EXPECT_EQ(all.damaged[0].place, "far");
    EXPECT_EQ(all.damaged[0].what, "it does not say what the one in near says");
}

TEST_F(CatalogueDamageTest, ARecordThatSomebodyRemovedShows) {
    const BackupRecord first = stored();
    const BackupRecord second = stored();
    add(first);
    add(second);
    add(stored());
    fs::remove(file_of("near", second));
    EXPECT_EQ(survey().missing.size(), 1u);
    EXPECT_TRUE(survey().chain_faults().empty()) << "the far one has it";
    fs::remove(file_of("far", second));
    const auto faults = survey().chain_faults();
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_EQ(faults[0].backup, second.id);
}

TEST_F(CatalogueDamageTest, APinThatCannotBeReadHolds) {
    const BackupId id = add(stored());
    ASSERT_TRUE(run_to_end(catalogue_.pin(id, "")));
    ASSERT_TRUE(run_to_end(catalogue_.unpin(id, "")));
    for (BackupRepository* each : {near_.get(), far_.get()}) {
        const auto pins = must(run_to_end(each->list(catalogue_.names().pins())));
        ASSERT_EQ(pins.size(), 2u);
        overwrite(fs::path(each->place()) / pins[0].name, "?");
    }
    EXPECT_TRUE(survey().pinned.contains(id));
    EXPECT_EQ(survey().damaged.size(), 2u);
}

}  // namespace
}  // namespace syncwatch::recovery
