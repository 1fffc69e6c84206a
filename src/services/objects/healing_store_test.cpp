#include "services/objects/healing_store.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "contract/blob_store_contract.h"
#include "harness/two_stores_world.h"

namespace syncwatch {
namespace {

namespace fs = std::filesystem;

struct MadeHealing {
    BlobStore& blobs() { return *world.healing; }
    TwoStoresWorld world;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Healing, BlobStoreContract, MadeHealing);

constexpr const char* kKey = "videos/x/1/v720/000001.m4s";
const std::string kBytes(100'000, 's');

class HealingStoreTest : public testing::Test, protected TwoStoresWorld {};

TEST_F(HealingStoreTest, WhatIsMissingTruncatedOrFlippedComesFromTheSecondAndIsRepaired) {
    const std::vector<std::pair<std::string, void (*)(const fs::path&)>> harms = {
        {"missing", [](const fs::path& file) { fs::remove(file); }},
        {"truncated", [](const fs::path& file) { fs::resize_file(file, 1000); }},
        {"emptied", [](const fs::path& file) { fs::resize_file(file, 0); }},
        {"grown", [](const fs::path& file) { fs::resize_file(file, 200'000); }},
        {"flipped", [](const fs::path& file) { flip(file); }},
        {"an older one",
         [](const fs::path& file) { std::ofstream(file) << std::string(100'000, 'o'); }}};
    for (const char* key : {kKey, "videos/x/1/v720/init-0.mp4"}) {
        copied(key, kBytes);
        for (const auto& [name, harm] : harms) {
            SCOPED_TRACE(name);
            EXPECT_EQ(served(key), kBytes);
            const auto before = tally.served_by_second.load();
            harm(in_first(key));
            EXPECT_EQ(served(key), kBytes);
            EXPECT_EQ(served(key), kBytes);
            EXPECT_EQ(tally.served_by_second, before + 2);
            EXPECT_EQ(line(key).fault, ObjectFault::Damaged);
            repair();
            EXPECT_EQ(content(in_first(key)), kBytes);
            EXPECT_EQ(line(key).fault, ObjectFault::None);
            EXPECT_TRUE(line(key).verified_at);
            EXPECT_EQ(served(key), kBytes);
            EXPECT_EQ(tally.served_by_second, before + 2) << "the first has it again";
        }
    }
    EXPECT_EQ(tally.missing, 2u);
    EXPECT_EQ(tally.truncated, 6u);
    EXPECT_EQ(tally.damaged, 4u);
    EXPECT_EQ(tally.healed_from_second, 12u);
}

TEST_F(HealingStoreTest, TheSecondIsBelievedNoMoreThanTheFirst) {
    copied(kKey, kBytes);
    SaidMaker nothing(*this);
    mender->set_maker(&nothing);
    flip(in_second(kKey));
    flip(in_first(kKey));
    EXPECT_EQ(served(kKey), std::string("no: ") + kKey + " is being repaired");
    repair();
    EXPECT_EQ(served(kKey), std::string("no: ") + kKey + " is damaged");
    EXPECT_EQ(line(kKey).fault, ObjectFault::Lost);
    EXPECT_NE(content(in_first(kKey)), kBytes);
    EXPECT_EQ(tally.lost, 1u);
    EXPECT_EQ(tally.healed_from_second, 0u);
    flip(in_second(kKey));
    EXPECT_EQ(served(kKey), kBytes) << "it came back";
}

TEST_F(HealingStoreTest, WhileTheFirstIsAwayTheSecondServesAndNothingIsNoted) {
    copied(kKey, kBytes);
    first.away = true;
    EXPECT_EQ(served(kKey), kBytes);
    EXPECT_EQ(line(kKey).fault, ObjectFault::None);
    const auto path = run_to_end(healing->local_path(kKey));
    ASSERT_TRUE(path);
    EXPECT_EQ(content(*path), kBytes);
    second.away = true;
    const auto nobody = run_to_end(healing->open(kKey));
    EXPECT_EQ(nobody.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(line(kKey).fault, ObjectFault::None) << "nobody knows";
}

TEST_F(HealingStoreTest, AHotSegmentIsReadWholeOnce) {
    copied(kKey, kBytes);
    EXPECT_EQ(served(kKey), kBytes);
    // Its time is put back, as nothing that goes wrong by itself does: nobody looks again.
    const auto written = fs::last_write_time(in_first(kKey));
    flip(in_first(kKey));
    fs::last_write_time(in_first(kKey), written);
    EXPECT_NE(served(kKey), kBytes);
    fs::last_write_time(in_first(kKey), written + std::chrono::seconds(1));
    EXPECT_EQ(served(kKey), kBytes);
}

TEST_F(HealingStoreTest, WhatTheLedgerDoesNotKnowIsServedAsItIs) {
    ASSERT_TRUE(run_to_end(healing->put("a", std::string("not recorded yet"))));
    EXPECT_EQ(served("a"), "not recorded yet");
    EXPECT_EQ(run_to_end(healing->open("b")).error().code, ErrorCode::NotFound);
}

TEST_F(HealingStoreTest, AnOriginalThatIsCutShortComesFromTheSecond) {
    copied("videos/x/source/original", kBytes);
    fs::resize_file(in_first("videos/x/source/original"), 10);
    const auto path = run_to_end(healing->local_path("videos/x/source/original"));
    ASSERT_TRUE(path);
    EXPECT_EQ(content(*path), kBytes);
    EXPECT_EQ(line("videos/x/source/original").fault, ObjectFault::Damaged);
    const auto source = run_to_end(healing->source_file("videos/x/source/original"));
    ASSERT_TRUE(source);
    EXPECT_EQ(content(source->path), kBytes) << "so it does in pages";
}

TEST_F(HealingStoreTest, WhatIsRemovedGoesFromBothOrIsNotSaidToBe) {
    copied("v/1", kBytes);
    copied("v/2", kBytes);
    second.away = true;
    EXPECT_FALSE(run_to_end(healing->remove_all("v")));
    second.away = false;
    EXPECT_TRUE(fs::exists(in_second("v/1")));
    EXPECT_TRUE(run_to_end(healing->remove_all("v")));
    EXPECT_FALSE(fs::exists(in_second("v/1")));
    EXPECT_FALSE(fs::exists(in_first("v/2")));
}

TEST_F(HealingStoreTest, WhatNoStoreHasIsMadeAgain) {
    copied(kKey, kBytes);
    SaidMaker maker(*this);
    healing->set_maker(&maker);
    fs::remove(in_first(kKey));
    EXPECT_EQ(served(kKey), kBytes);
    EXPECT_EQ(maker.asked, 0) << "the second has it";
    repair();
    fs::remove(in_first(kKey));
    flip(in_second(kKey));
    EXPECT_EQ(run_to_end(healing->open(kKey)).error().code, ErrorCode::Unavailable);
    maker.bytes = "made again, a little different";
    EXPECT_EQ(served(kKey), maker.bytes);
    EXPECT_EQ(line(kKey).fault, ObjectFault::None);
    EXPECT_FALSE(line(kKey).replicated_at) << "to be copied anew";
    healing->set_maker(nullptr);
}

}  // namespace
}  // namespace syncwatch
