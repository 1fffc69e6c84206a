#include "adapters/filesystem/file_blob_store.h"

#include <fstream>

#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "contract/blob_store_contract.h"
#include "harness/small_disk.h"

namespace syncwatch {
namespace {

using filesystem::FileBlobStore;
namespace fs = std::filesystem;

struct MadeFiles {
    BlobStore& blobs() { return *store; }
    TempFolder folder;
    net::thread_pool pool{2};
    std::unique_ptr<FileBlobStore> store =
        FileBlobStore::open(folder.path() / "deep" / "objects", pool).value();
};

INSTANTIATE_TYPED_TEST_SUITE_P(Files, BlobStoreContract, MadeFiles);

TEST(FileBlobStoreTest, WhatAKilledProcessLeftHalfWrittenGoesAtTheNextStart) {
    TempFolder folder;
    net::thread_pool pool(1);
    ASSERT_TRUE(FileBlobStore::open(folder.path(), pool));
    fs::create_directories(folder.path() / ".tmp" / "7" / "deep");
    std::ofstream(folder.path() / ".tmp" / "3") << "half";
    const auto again = FileBlobStore::open(folder.path(), pool);
    ASSERT_TRUE(again);
    EXPECT_TRUE(fs::is_empty(folder.path() / ".tmp"));
    EXPECT_EQ(run_to_end((*again)->open(".tmp/3")).error().code, ErrorCode::InvalidInput)
        << "what is not finished is nobody's object";
}

TEST(FileBlobStoreTest, ALinkIsNotFollowed) {
    TempFolder folder;
    net::thread_pool pool(1);
    const auto store = FileBlobStore::open(folder.path(), pool).value();
    fs::create_symlink("/etc/hostname", folder.path() / "link");
    EXPECT_FALSE(run_to_end(store->open("link")));
}

TEST(FileBlobStoreTest, AFileFromAnotherFilesystemIsCopiedIn) {
    SmallDisk disk;
    if (!disk.mounted()) GTEST_SKIP() << "cannot mount a tmpfs here: " << disk.why_not();
    TempFolder folder;
    net::thread_pool pool(1);
    const auto store = FileBlobStore::open(folder.path(), pool).value();
    std::ofstream(disk.path() / "film") << "film";
    EXPECT_EQ(run_to_end(store->put_file("v/film", disk.path() / "film")).value().size, 4u);
    EXPECT_FALSE(fs::exists(disk.path() / "film"));
    EXPECT_EQ(run_to_end(store->open("v/film")).value().size, 4u);
}

TEST(FileBlobStoreTest, AFullDiskIsSaidAndWhatWasThereStays) {
    SmallDisk disk;
    if (!disk.mounted()) GTEST_SKIP() << "cannot mount a tmpfs here: " << disk.why_not();
    net::thread_pool pool(1);
    const auto store = FileBlobStore::open(disk.path() / "objects", pool).value();
    ASSERT_TRUE(run_to_end(store->put("v/a", std::string(3'000'000, 'a'))));
    const auto full = run_to_end(store->put("v/b", std::string(3'000'000, 'b')));
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(full.error().component, "objects");
    EXPECT_EQ(full.error().reason, "disk_full");
    EXPECT_EQ(run_to_end(store->list("v")).value(), std::vector<std::string>{"v/a"});
    EXPECT_TRUE(fs::is_empty(disk.path() / "objects" / ".tmp")) << "the failed half is gone";
    ASSERT_TRUE(run_to_end(store->remove("v/a")));
    EXPECT_TRUE(run_to_end(store->put("v/b", std::string(3'000'000, 'b')))) << "and it goes on";
}

}  // namespace
}  // namespace syncwatch
