#include "services/objects/read_only_store.h"

#include <fstream>

#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "adapters/filesystem/file_blob_store.h"
#include "base/async/run_to_end.h"
#include "harness/must.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

namespace fs = std::filesystem;
using filesystem::FileBlobStore;

TEST(ReadOnlyStoreTest, WhateverIsAskedOfItItStaysAsItIs) {
    const TempFolder folder;
    net::thread_pool pool(1);
    const FileBlobStore::Pools pools{pool, pool};
    const fs::path object = folder.path() / "videos" / "a";
    fs::create_directories(object.parent_path());
    std::ofstream(object) << "bytes";
    const fs::path file = folder.path() / "file";
    std::ofstream(file) << "more";
    const auto real = must(FileBlobStore::open_to_read(folder.path(), pools));
    ReadOnlyStore store(*real);

    EXPECT_EQ(must(run_to_end(store.open("videos/a"))).size, 5u);
    EXPECT_EQ(must(run_to_end(store.list("videos"))).size(), 1u);
    EXPECT_EQ(must(run_to_end(store.size_of("videos/a"))), 5u);
    const auto refuses = [](const auto& answer) {
        return !answer && answer.error().code == ErrorCode::Conflict;
    };
    EXPECT_TRUE(refuses(run_to_end(store.put("videos/a", "other"))));
    EXPECT_TRUE(refuses(run_to_end(store.put_file("videos/b", file))));
    EXPECT_TRUE(refuses(run_to_end(store.adopt_file("videos/b", file))));
    EXPECT_TRUE(refuses(run_to_end(store.remove("videos/a"))));
    EXPECT_TRUE(refuses(run_to_end(store.remove_all("videos"))));
    EXPECT_TRUE(fs::exists(file));
    EXPECT_EQ(must(run_to_end(store.size_of("videos/a"))), 5u);
    EXPECT_FALSE(fs::exists(folder.path() / ".tmp")) << "nothing is made to be written to";
    EXPECT_FALSE(FileBlobStore::open_to_read(folder.path() / "none", pools));
    EXPECT_FALSE(fs::exists(folder.path() / "none"));
    pool.join();
}

}  // namespace
}  // namespace syncwatch
