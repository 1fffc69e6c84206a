#include "recovery/embedded/shipper.h"

#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "harness/contents_of.h"
#include "harness/embedded_backup_world.h"
#include "harness/numbered_writes.h"

namespace syncwatch::recovery {
namespace {

class ShipperTest : public testing::Test {
protected:
    fs::path path() const { return folder_.path() / "test.db"; }
    fs::path into() { return folder_.path() / fmt::format("restored-{}", next_++); }

    TempFolder folder_;
    FolderBackups backups_{folder_.path() / "backups"};
    int next_ = 0;
};

TEST_F(ShipperTest, AnyMomentIsRestoredToTheCommit) {
    Life life(path(), backups_);
    life.write(NumberedWrites::kTables);
    ASSERT_TRUE(life.wait_for_base());
    const WallTime first = life.shipper->status().whole_from;
    std::vector<std::pair<WallTime, int>> known;
    for (int n = 1; n <= 200; ++n) {
        life.write(NumberedWrites::nth(n));
        known.emplace_back(life.clock.wall(), n);
    }
    ASSERT_TRUE(life.ship_all());
    std::mt19937 chance(11);
    for (int i = 0; i < 12; ++i) {
        const auto& [moment, n] = known[chance() % known.size()];
        const fs::path to = into();
        const Restored restored = must(restore_to(backups_, to, moment));
        EXPECT_EQ(NumberedWrites::in(to), n);
        EXPECT_LE(restored.reached, moment);
        EXPECT_LT(moment - restored.reached, std::chrono::seconds(1));
        EXPECT_GE(restored.reached, n == 1 ? first : known[static_cast<std::size_t>(n) - 2].first);
    }
    const fs::path latest = into();
    const Restored restored = must(restore_to(backups_, latest));
    EXPECT_EQ(NumberedWrites::in(latest), 200);
    EXPECT_GE(restored.moment, known.back().first);
}

TEST_F(ShipperTest, ACopyThatIsMadeWhileEverythingChangesIsWhole) {
    Life::Options options;
    options.shipper.part_bytes = 64 << 10;  // Many parts, and writes between them.
    options.shipper.part_pause = std::chrono::milliseconds(5);
    {
        Life before(path(), backups_, options);
        before.write(NumberedWrites::kTables);
        for (int n = 1; n <= 300; ++n) before.write(NumberedWrites::nth(n));
    }
    fs::remove_all(folder_.path() / "backups" / "v1");
    Life life(path(), backups_, options);
    int n = 300;
    const auto write_more = [&] {
        for (int i = 0; i < 20; ++i) life.write(NumberedWrites::nth(++n));
        return life.has_base();
    };
    // The disk may be slow: each write and each part waits for it.
    ASSERT_TRUE(harness::eventually(write_more, std::chrono::minutes(4)));
    life.write(NumberedWrites::nth(++n));
    ASSERT_TRUE(life.ship_all());
    const fs::path to = into();
    must(restore_to(backups_, to));
    EXPECT_EQ(NumberedWrites::in(to), n);
}

TEST_F(ShipperTest, AStopAndAStartLeaveNoGap) {
    WallTime first{};
    int n = 0;
    for (int life_number = 0; life_number < 3; ++life_number) {
        Life life(path(), backups_);
        if (n == 0) life.write(NumberedWrites::kTables);
        ASSERT_TRUE(life.wait_for_base());
        if (n == 0) first = life.shipper->status().whole_from;
        for (int i = 0; i < 30; ++i) life.write(NumberedWrites::nth(++n));
        life.stop();
    }
    const auto reached = windows(must(run_to_end(survey(backups_, "test"))));
    ASSERT_EQ(reached.size(), 1u) << describe(reached);
    EXPECT_EQ(reached[0].from, first);
    const fs::path to = into();
    must(restore_to(backups_, to));
    EXPECT_EQ(NumberedWrites::in(to), 90);
}

TEST_F(ShipperTest, AStopShipsWhatCameWhileAPieceWasOnItsWay) {
    int n = 0;
    WallTime last{};
    {
        Life life(path(), backups_);
        life.write(NumberedWrites::kTables);
        ASSERT_TRUE(life.wait_for_base());
        backups_.stalled = true;
        life.write(NumberedWrites::nth(++n));
        ASSERT_TRUE(harness::eventually([&] { return backups_.stalled_calls > 0; }));
        while (n < 10) life.write(NumberedWrites::nth(++n));
        last = life.clock.wall();
        life.end_tasks();
        backups_.stalled = false;
        life.stop();
        EXPECT_GT(life.shipper->status().shipped_until, last);
    }
    Life life(path(), backups_);
    ASSERT_TRUE(life.wait_for_base());
    ASSERT_TRUE(life.ship_all());
    const auto reached = windows(must(run_to_end(survey(backups_, "test"))));
    EXPECT_EQ(reached.size(), 1u) << describe(reached);
    const fs::path to = into();
    must(restore_to(backups_, to, last));
    EXPECT_EQ(NumberedWrites::in(to), n);
}

TEST_F(ShipperTest, WhileTheRepositoryIsAwayTheLogWaitsAndNothingIsMissingAfterwards) {
    Life life(path(), backups_);
    life.write(NumberedWrites::kTables);
    ASSERT_TRUE(life.wait_for_base());
    const std::string generation = life.shipper->status().generation;
    backups_.away = true;
    int n = 0;
    while (n < 100) life.write(NumberedWrites::nth(++n));
    ASSERT_TRUE(harness::eventually([&] {
        const ShipperStatus status = life.shipper->status();
        return status.state == ShipperStatus::State::Away && status.waiting_bytes > 0 &&
               !status.trouble.empty();
    }));
    const WallTime middle = life.clock.wall();
    while (n < 150) life.write(NumberedWrites::nth(++n));
    backups_.away = false;
    ASSERT_TRUE(life.ship_all());
    EXPECT_EQ(life.shipper->status().generation, generation);
    EXPECT_EQ(life.shipper->status().state, ShipperStatus::State::Following);
    const fs::path to = into();
    must(restore_to(backups_, to, middle));
    EXPECT_EQ(NumberedWrites::in(to), 100);
}

TEST_F(ShipperTest, ARepositoryThatIsAwayAtTheStartMakesNoGap) {
    int n = 0;
    {
        Life life(path(), backups_);
        life.write(NumberedWrites::kTables);
        ASSERT_TRUE(life.wait_for_base());
        while (n < 20) life.write(NumberedWrites::nth(++n));
        life.stop();
    }
    backups_.away = true;
    Life life(path(), backups_);
    ASSERT_TRUE(harness::eventually([&] { return !life.shipper->status().trouble.empty(); }));
    while (n < 1000) life.write(NumberedWrites::nth(++n));  // Megabytes: past SQLite's own limit.
    const WallTime middle = life.clock.wall();
    while (n < 1010) life.write(NumberedWrites::nth(++n));
    backups_.away = false;
    ASSERT_TRUE(life.ship_all());
    EXPECT_EQ(must(run_to_end(survey(backups_, "test"))).size(), 1u);
    const fs::path to = into();
    must(restore_to(backups_, to, middle));
    EXPECT_EQ(NumberedWrites::in(to), 1000);
}

TEST_F(ShipperTest, WhenTooMuchWaitsTheLogIsLetGoAndTheGapIsSaid) {
    Life::Options options;
    options.shipper.most_waiting_bytes = 256 << 10;
    Life life(path(), backups_, options);
    life.write(NumberedWrites::kTables);
    ASSERT_TRUE(life.wait_for_base());
    const std::string generation = life.shipper->status().generation;
    backups_.away = true;
    int n = 0;
    ASSERT_TRUE(harness::eventually([&] {
        for (int i = 0; i < 20; ++i) life.write(NumberedWrites::nth(++n));
        return life.shipper->status().state == ShipperStatus::State::FellBehind;
    }));
    const WallTime in_the_gap = life.clock.wall();
    for (int i = 0; i < 2000; ++i) life.write(NumberedWrites::nth(++n));
    EXPECT_LT(fs::file_size(path().string() + "-wal"), 12u << 20) << "the disk must not fill";
    backups_.away = false;
    ASSERT_TRUE(harness::eventually(
        [&] { return life.has_base() && life.shipper->status().generation != generation; }));
    life.write(NumberedWrites::nth(++n));
    life.stop();  // What can be reached goes on growing before.
    const auto reached = windows(must(run_to_end(survey(backups_, "test"))));
    EXPECT_EQ(reached.size(), 2u) << describe(reached);
    const fs::path nowhere = into();
    const auto refused = restore_to(backups_, nowhere, in_the_gap);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "moment_unreachable");
    EXPECT_NE(refused.error().message.find(describe(reached)), std::string::npos);
    EXPECT_FALSE(fs::exists(nowhere));
    const fs::path to = into();
    must(restore_to(backups_, to));
    EXPECT_EQ(NumberedWrites::in(to), n);
}

TEST_F(ShipperTest, TwoCopiesOfOneDatabaseDoNotMixTheirLogs) {
    const fs::path twin = folder_.path() / "twin.db";
    int n = 0;
    {
        Life life(path(), backups_);
        life.write(NumberedWrites::kTables);
        ASSERT_TRUE(life.wait_for_base());
        while (n < 10) life.write(NumberedWrites::nth(++n));
        life.stop();
    }
    fs::copy_file(path(), twin);
    fs::copy_file(path().string() + "-wal", twin.string() + "-wal");
    Life one(path(), backups_);
    Life other(twin, backups_);
    // That what is written now comes back, and from a generation of its own.
    const auto is_backed_up = [&](Life& life) {
        life.write("DELETE FROM t WHERE n < 0");
        const WallTime moment = life.clock.wall();
        if (!life.ship_all()) return false;
        auto alone = must(run_to_end(survey(backups_, "test")));
        const std::string own = life.shipper->status().generation;
        std::erase_if(alone, [&own](const Generation& each) { return each.id != own; });
        return plan_restore(alone, moment).has_value();
    };
    ASSERT_TRUE(harness::eventually([&] {
        const std::string first = one.shipper->status().generation;
        const std::string second = other.shipper->status().generation;
        // One that has just begun has none yet, and may still choose the other's.
        const bool differ = !first.empty() && !second.empty() && first != second;
        return differ && is_backed_up(one) && is_backed_up(other);
    }));
    // They have parted by now, and stay so.
    while (n < 40) {
        one.write(NumberedWrites::nth(++n));
        other.write("DELETE FROM t WHERE n < 0");
        ASSERT_TRUE(n % 10 != 0 || (is_backed_up(one) && is_backed_up(other)));
    }
}

TEST_F(ShipperTest, WhatCameAfterAClockWasSetRightIsTheLatest) {
    int n = 0;
    {
        Life life(path(), backups_);
        life.write(NumberedWrites::kTables);
        ASSERT_TRUE(life.wait_for_base());
        life.clock.correct(std::chrono::hours(1));
        while (n < 10) life.write(NumberedWrites::nth(++n));
        ASSERT_TRUE(life.ship_all());
        life.stop();
    }
    {
        Life life(path(), backups_);
        ASSERT_TRUE(life.wait_for_base());
        while (n < 20) life.write(NumberedWrites::nth(++n));
        life.stop();
    }
    const fs::path to = into();
    must(restore_to(backups_, to));
    ASSERT_EQ(NumberedWrites::in(to), n) << "it went on with the same generation";
    // A database that was brought back begins one of its own.
    {
        Life life(to, backups_);
        ASSERT_TRUE(life.wait_for_base());
        while (n < 30) life.write(NumberedWrites::nth(++n));
        life.stop();
    }
    const auto generations = must(run_to_end(survey(backups_, "test")));
    ASSERT_EQ(generations.size(), 2u);
    ASSERT_EQ(generations.back().bases.size(), 1u);
    const fs::path again = into();
    must(restore_to(backups_, again));
    EXPECT_EQ(NumberedWrites::in(again), n);
}

TEST_F(ShipperTest, ACopyWhosePlaceGoesAwayInTheMiddleIsMadeWhenItIsBack) {
    Life::Options options;
    options.shipper.part_bytes = 64 << 10;
    options.shipper.part_pause = std::chrono::milliseconds(20);
    {
        Life before(path(), backups_, options);
        before.write(NumberedWrites::kTables);
        for (int n = 1; n <= 300; ++n) before.write(NumberedWrites::nth(n));
    }
    fs::remove_all(folder_.path() / "backups" / "v1");
    Life life(path(), backups_, options);
    ASSERT_TRUE(harness::eventually([&] { return backups_.files("/part-").size() > 1; }));
    backups_.away = true;
    ASSERT_FALSE(life.has_base());
    life.write(NumberedWrites::nth(301));
    ASSERT_TRUE(harness::eventually([&] { return !life.shipper->status().trouble.empty(); }));
    EXPECT_EQ(restore_to(backups_, into()).error().code, ErrorCode::Unavailable);
    backups_.away = false;
    ASSERT_TRUE(life.wait_for_base());
    ASSERT_TRUE(life.ship_all());
    const fs::path to = into();
    must(restore_to(backups_, to));
    EXPECT_EQ(NumberedWrites::in(to), 301);
}

struct Damage {
    const char* what;
    const char* object;
    void (*happen)(const fs::path&);
};

void flip(const fs::path& file) {
    std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
    const auto middle = static_cast<std::streamoff>(fs::file_size(file) / 2);
    out.seekg(middle);
    const int byte = out.get();
    out.seekp(middle).put(static_cast<char>(byte ^ 1));
}

void replace_by_first(const fs::path& file) {
    fs::path first = file;
    for (const auto& each : fs::directory_iterator(file.parent_path())) {
        first = std::min(first, each.path());
    }
    fs::copy_file(first, file, fs::copy_options::overwrite_existing);
}

TEST_F(ShipperTest, ADamagedBackupIsNeverRestored) {
    {
        Life life(path(), backups_);
        life.write(NumberedWrites::kTables);
        ASSERT_TRUE(life.wait_for_base());
        for (int n = 1; n <= 60; ++n) {
            life.write(NumberedWrites::nth(n));
            ASSERT_TRUE(n % 10 != 0 || life.ship_all());
        }
        life.stop();
    }
    const Damage damages[] = {
        {"a bit of a piece flipped", "/log/", flip},
        {"a piece cut", "/log/",
         [](const fs::path& f) { fs::resize_file(f, fs::file_size(f) - 9); }},
        {"a piece replaced by an older one", "/log/", replace_by_first},
        {"a bit of the copy flipped", "/part-", flip},
        {"a part of the copy cut", "/part-", [](const fs::path& f) { fs::resize_file(f, 100); }},
        {"a part of the copy deleted", "/part-", [](const fs::path& f) { fs::remove(f); }},
    };
    const fs::path root = folder_.path() / "backups";
    const fs::path whole = folder_.path() / "whole";
    fs::copy(root / "v1", whole, fs::copy_options::recursive);
    const WallTime latest = windows(must(run_to_end(survey(backups_, "test")))).back().to;
    for (const Damage& damage : damages) {
        const auto files = backups_.files(damage.object);
        damage.happen(files[files.size() / 2]);
        const fs::path to = into();
        const auto refused = restore_to(backups_, to, latest);
        EXPECT_FALSE(refused) << damage.what;
        EXPECT_FALSE(fs::exists(to)) << damage.what;
        EXPECT_FALSE(fs::exists(to.string() + ".part")) << damage.what;
        fs::remove_all(root / "v1");
        fs::copy(whole, root / "v1", fs::copy_options::recursive);
    }
    // A piece that is missing ends what can be reached, before it.
    const auto files = backups_.files("/log/");
    fs::remove(files[files.size() / 2]);
    EXPECT_EQ(restore_to(backups_, into(), latest).error().reason, "moment_unreachable");
    const fs::path to = into();
    must(restore_to(backups_, to));
    EXPECT_GE(NumberedWrites::in(to), 0);
}

TEST_F(ShipperTest, NothingIsEverWrittenOver) {
    Life life(path(), backups_);
    life.write(NumberedWrites::kTables);
    ASSERT_TRUE(life.wait_for_base());
    const std::string before = contents_of(path());
    const auto refused = restore_to(backups_, path());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
    EXPECT_EQ(contents_of(path()), before);
}

TEST_F(ShipperTest, ItMayEndAtAnyInstant) {
    for (int i = 0; i < 60; ++i) {
        Life life(path(), backups_);
        if (i % 2 == 0) life.write(NumberedWrites::kTables);
        std::this_thread::sleep_for(std::chrono::milliseconds(i % 20));
    }
}

TEST_F(ShipperTest, WithoutABackupThereIsNothingToRestore) {
    EXPECT_EQ(restore_to(backups_, into()).error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace syncwatch::recovery
