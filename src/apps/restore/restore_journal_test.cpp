#include "apps/restore/restore_journal.h"

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "harness/contents_of.h"
#include "harness/must.h"
#include "harness/temp_folder.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;

class RestoreJournalTest : public testing::Test {
protected:
    RestoreJournal open() const { return must(RestoreJournal::open(place_)); }
    std::string text() const { return contents_of(place_ / "journal.ndjson"); }

    TempFolder folder_;
    const fs::path place_ = folder_.path() / "data" / "restore";
    const WallTime now_ = from_micros(1'000'000);
};

TEST_F(RestoreJournalTest, WhatWasDoneIsKnownToTheNextOne) {
    EXPECT_EQ(must(RestoreJournal::unfinished(place_)), std::nullopt);
    EXPECT_FALSE(fs::exists(place_)) << "who only asks makes nothing";
    {
        RestoreJournal journal = open();
        EXPECT_EQ(journal.head(), nullptr);
        must(journal.begin({{"token", "abc"}}, now_));
        must(journal.note_begun("settings", now_));
        must(journal.note_done("settings", {{"files", 3}}, now_));
        must(journal.note_begun("database", now_));
        const auto second = RestoreJournal::open(place_);
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().reason, "restore_locked");
    }
    EXPECT_EQ(must(RestoreJournal::unfinished(place_))->at("token"), "abc");
    RestoreJournal again = open();
    ASSERT_NE(again.head(), nullptr);
    EXPECT_EQ(again.head()->at("token"), "abc");
    ASSERT_NE(again.done("settings"), nullptr);
    EXPECT_EQ(again.done("settings")->at("files"), 3);
    EXPECT_EQ(again.done("database"), nullptr) << "it was begun, and no more";
    const fs::path kept = must(again.finish(now_));
    EXPECT_TRUE(fs::exists(kept));
    EXPECT_EQ(again.head(), nullptr);
    EXPECT_EQ(must(RestoreJournal::unfinished(place_)), std::nullopt);
    EXPECT_EQ(RestoreJournal::ended(place_, "abc"), kept);
    EXPECT_EQ(RestoreJournal::ended(place_, "abd"), std::nullopt);
    EXPECT_EQ(RestoreJournal::ended(place_, ""), std::nullopt);
    EXPECT_EQ(RestoreJournal::ended(place_ / "nowhere", "abc"), std::nullopt);
}

TEST_F(RestoreJournalTest, WhereverItIsCutOffTheWholeLinesCount) {
    {
        RestoreJournal journal = open();
        must(journal.begin({{"token", "abc"}}, now_));
        must(journal.note_done("settings", {{"files", 3}}, now_));
        must(journal.note_done("database", {{"reached", "x"}}, now_));
    }
    const std::string all = text();
    for (std::size_t length = 0; length <= all.size(); length += 5) {
        SCOPED_TRACE(length);
        std::ofstream(place_ / "journal.ndjson", std::ios::binary) << all.substr(0, length);
        {
            RestoreJournal journal = open();
            const auto lines =
                std::count(all.begin(), all.begin() + static_cast<long>(length), '\n');
            EXPECT_EQ(journal.head() != nullptr, lines >= 1);
            EXPECT_EQ(journal.done("settings") != nullptr, lines >= 2);
            EXPECT_EQ(journal.done("database") != nullptr, lines >= 3);
            must(journal.note_done("redis", {}, now_));
        }
        EXPECT_NE(open().done("redis"), nullptr) << "it goes on behind the last whole line";
    }
}

TEST_F(RestoreJournalTest, ALineInTheMiddleThatIsNoneIsSaid) {
    must(open().begin({{"token", "abc"}}, now_));
    const std::string all = text();
    std::ofstream(place_ / "journal.ndjson", std::ios::binary) << "what?\n" << all;
    EXPECT_EQ(RestoreJournal::open(place_).error().code, ErrorCode::Corrupt);
    EXPECT_EQ(RestoreJournal::unfinished(place_).error().code, ErrorCode::Corrupt);
}

}  // namespace
}  // namespace syncwatch::apps
