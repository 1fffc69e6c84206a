#include "services/objects/object_mender.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "harness/filled_disk.h"
#include "harness/small_disk.h"
#include "harness/two_stores_world.h"

namespace syncwatch {
namespace {

namespace fs = std::filesystem;
using Outcome = ObjectMender::Outcome;

class ObjectMenderTest : public testing::Test, protected TwoStoresWorld {
protected:
    Outcome mend(const StoredBlob& object) {
        const auto report = run_to_end(mender->mend(object));
        EXPECT_TRUE(report) << report.error().message;
        return report ? report->outcome : Outcome::Faulty;
    }
};

TEST_F(ObjectMenderTest, ACopyIsMadeAndNoted) {
    const StoredBlob object = stored("v/a", "film");
    ASSERT_TRUE(run_to_end(mender->replicate(object)));
    EXPECT_EQ(content(in_second("v/a")), "film");
    EXPECT_TRUE(line("v/a").replicated_at);
    EXPECT_EQ(tally.copied_objects, 1u);
    EXPECT_EQ(tally.copied_bytes, 4u);
    EXPECT_TRUE(run_to_end(mender->replicate(object))) << "once more changes nothing";
}

TEST_F(ObjectMenderTest, WhatDoesNotFitIntoMemoryIsCopiedAllTheSame) {
    std::string large(ObjectCopier::kMostInMemory + 5'000'000, 'x');
    large[large.size() - 7] = 'y';
    copied("v/original", large);
    EXPECT_TRUE(content(in_second("v/original")) == large);
    EXPECT_TRUE(fs::is_empty(folder.path() / "copies"));
    EXPECT_TRUE(fs::exists(in_first("v/original")));
}

TEST_F(ObjectMenderTest, DamageIsNeverCopied) {
    std::string large(ObjectCopier::kMostInMemory + 1000, 'x');
    for (const std::string& bytes : {std::string("film"), large}) {
        const std::string key = "v/" + std::to_string(bytes.size());
        const StoredBlob object = stored(key, bytes);
        flip(in_first(key));
        const auto refused = run_to_end(mender->replicate(object));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().reason, "bad_source");
        EXPECT_FALSE(fs::exists(in_second(key)));
        EXPECT_EQ(line(key).fault, ObjectFault::Damaged);
        EXPECT_FALSE(line(key).replicated_at);
    }
    EXPECT_TRUE(fs::is_empty(folder.path() / "copies"));
}

TEST_F(ObjectMenderTest, ADamagedSecondIsRepairedFromTheFirst) {
    const StoredBlob object = copied("v/a", "film");
    EXPECT_EQ(mend(object), Outcome::Whole);
    EXPECT_TRUE(line("v/a").verified_at);
    flip(in_second("v/a"));
    EXPECT_EQ(mend(object), Outcome::Repaired);
    EXPECT_EQ(content(in_second("v/a")), "film");
    EXPECT_EQ(tally.healed_from_first, 1u);
    EXPECT_EQ(mend(object), Outcome::Whole);
}

TEST_F(ObjectMenderTest, ALookRepairsNothingAndNotesWhatItSaw) {
    const StoredBlob object = copied("v/a", "film");
    fs::remove(in_second("v/a"));
    auto report = run_to_end(mender->inspect(object)).value();
    EXPECT_EQ(report.outcome, Outcome::Faulty);
    EXPECT_EQ(report.first, Condition::Whole);
    EXPECT_EQ(report.second, Condition::Missing);
    EXPECT_FALSE(fs::exists(in_second("v/a")));
    EXPECT_EQ(line("v/a").fault, ObjectFault::Damaged);
    const StoredBlob waiting = stored("v/b", "film");
    EXPECT_EQ(run_to_end(mender->inspect(waiting)).value().outcome, Outcome::Whole)
        << "it only waits for its copy";
    EXPECT_EQ(line("v/b").fault, ObjectFault::None);
}

TEST_F(ObjectMenderTest, NothingIsCalledLostWhileAStoreIsAway) {
    const StoredBlob object = copied("v/a", "film");
    fs::remove(in_first("v/a"));
    second.away = true;
    EXPECT_EQ(run_to_end(mender->mend(object)).error().code, ErrorCode::Unavailable);
    EXPECT_EQ(line("v/a").fault, ObjectFault::None);
    second.away = false;
    EXPECT_EQ(mend(object), Outcome::Repaired);
    EXPECT_EQ(content(in_first("v/a")), "film");
}

TEST_F(ObjectMenderTest, ASecondStoreThatIsFullIsSaidAndTakesItWhenThereIsRoom) {
    const SmallDisk disk("size=1m");
    if (!disk.mounted()) GTEST_SKIP() << disk.why_not();
    const auto small = filesystem::FileBlobStore::open(disk.path() / "objects", pool).value();
    ObjectMender full({first, small.get(), replicas, *copier, clock, tally});
    const StoredBlob object = stored("v/a", std::string(600'000, 'a'));
    {
        const harness::FilledDisk filled(disk.path());
        const auto refused = run_to_end(full.replicate(object));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().reason, "disk_full") << refused.error().message;
        EXPECT_FALSE(fs::exists(disk.path() / "objects" / "v" / "a"));
        EXPECT_FALSE(line("v/a").replicated_at) << "it waits";
        EXPECT_EQ(line("v/a").fault, ObjectFault::None);
    }
    ASSERT_TRUE(run_to_end(full.replicate(object)));
    EXPECT_TRUE(line("v/a").replicated_at);
}

TEST_F(ObjectMenderTest, WithoutAMakerNothingIsCalledLost) {
    const StoredBlob object = copied("v/a", "film");
    fs::remove(in_first("v/a"));
    fs::remove(in_second("v/a"));
    EXPECT_EQ(mend(object), Outcome::Faulty);
    EXPECT_EQ(line("v/a").fault, ObjectFault::Damaged);
    SaidMaker maker(*this);
    mender->set_maker(&maker);
    EXPECT_EQ(mend(object), Outcome::Lost);
    EXPECT_EQ(line("v/a").fault, ObjectFault::Lost);
    maker.bytes = "new";
    EXPECT_EQ(mend(object), Outcome::Repaired);
    EXPECT_EQ(line("v/a").fault, ObjectFault::None);
    mender->set_maker(nullptr);
}

TEST_F(ObjectMenderTest, WhatAStoreKeepsOfBeforeIsBroughtBackWhereNeitherHasIt) {
    for (CutOffBlobs* const store : {&first, &second}) {
        const StoredBlob object = copied("v/a", "film");
        flip(in_first("v/a"));
        fs::remove(in_second("v/a"));
        store->earlier["v/a"] = "film";
        EXPECT_EQ(mend(object), Outcome::Repaired);
        EXPECT_EQ(content(in_first("v/a")), "film");
        EXPECT_EQ(content(in_second("v/a")), "film");
        EXPECT_EQ(line("v/a").fault, ObjectFault::None);
        store->earlier["v/a"] = "another";
    }
    EXPECT_EQ(tally.healed_from_versions, 2u);
    const StoredBlob object = copied("v/a", "film");
    fs::remove(in_first("v/a"));
    fs::remove(in_second("v/a"));
    EXPECT_EQ(mend(object), Outcome::Faulty) << "what they keep is something else";
}

TEST_F(ObjectMenderTest, WhatIsRemovedMeanwhileDoesNotComeBack) {
    const StoredBlob object = stored("v/a", "film");
    ASSERT_TRUE(run_to_end(media.forget_doomed("v/a")));
    ASSERT_TRUE(run_to_end(mender->replicate(object)));
    EXPECT_FALSE(fs::exists(in_second("v/a"))) << "the copy went again";
    fs::remove(in_first("v/a"));
    EXPECT_EQ(mend(object), Outcome::Gone);
    EXPECT_EQ(tally.lost, 0u);
}

}  // namespace
}  // namespace syncwatch
