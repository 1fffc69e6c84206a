#include <fstream>

#include <gtest/gtest.h>

#include "harness/embedded_backup_world.h"
#include "harness/numbered_writes.h"
#include "harness/small_disk.h"

namespace syncwatch::recovery {
namespace {

void fill(const fs::path& folder) {
    std::ofstream out(folder / "filling", std::ios::binary);
    const std::string block(64 << 10, 'x');
    while (out.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
}

TEST(FullDiskTest, ARestoreThatFindsNoSpaceSaysSoAndLeavesNothing) {
    const SmallDisk disk;
    if (!disk.mounted()) GTEST_SKIP() << disk.why_not();
    TempFolder folder;
    FolderBackups backups(folder.path() / "backups");
    Life life(folder.path() / "test.db", backups);
    life.write(NumberedWrites::kTables);
    ASSERT_TRUE(life.wait_for_base());
    fill(disk.path());
    const auto refused = restore_to(backups, disk.path() / "restored");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "disk_full");
    EXPECT_FALSE(fs::exists(disk.path() / "restored"));
    EXPECT_FALSE(fs::exists(disk.path() / "restored.part"));
}

TEST(FullDiskTest, ARepositoryWithoutSpaceIsAwayAndTheLogWaitsForIt) {
    const SmallDisk disk("size=16m");
    if (!disk.mounted()) GTEST_SKIP() << disk.why_not();
    TempFolder folder;
    FolderBackups backups(disk.path() / "backups");
    Life life(folder.path() / "test.db", backups);
    life.write(NumberedWrites::kTables);
    ASSERT_TRUE(life.wait_for_base());
    fill(disk.path());
    int n = 0;
    ASSERT_TRUE(harness::eventually([&] {
        life.write(NumberedWrites::nth(++n));
        return life.shipper->status().state == ShipperStatus::State::Away;
    }));
    life.write(NumberedWrites::nth(++n));
    fs::remove(disk.path() / "filling");
    ASSERT_TRUE(life.ship_all());
    const fs::path to = folder.path() / "restored";
    const auto restored = restore_to(backups, to);
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_EQ(NumberedWrites::in(to), n);
}

}  // namespace
}  // namespace syncwatch::recovery
