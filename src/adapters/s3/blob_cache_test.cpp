#include "adapters/s3/blob_cache.h"

#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/manual_clock.h"
#include "harness/temp_folder.h"

namespace syncwatch::s3 {
namespace {

namespace fs = std::filesystem;

class BlobCacheTest : public testing::Test {
protected:
    std::unique_ptr<BlobCache> open(std::uint64_t limit = 10) {
        return BlobCache::open({root_, limit}, clock_).value();
    }
    static std::string content(BlobCache& cache, const std::string& key) {
        const auto blob = cache.find(key);
        if (!blob) return "not here";
        return read(*blob);
    }
    static std::string read(const OpenBlob& blob) {
        std::string bytes(blob.size, '\0');
        EXPECT_EQ(::pread(blob.fd.get(), bytes.data(), bytes.size(), 0),
                  static_cast<ssize_t>(bytes.size()));
        return bytes;
    }

    TempFolder folder_;
    const fs::path root_ = folder_.path() / "deep" / "cache";
    ManualClock clock_;
};

TEST_F(BlobCacheTest, WhatWasNotUsedForLongestGoesFirst) {
    const auto cache = open();
    cache->put("a", "aaaa");
    cache->put("b", "bbbb");
    EXPECT_EQ(content(*cache, "a"), "aaaa");
    cache->put("c", "cccc");
    EXPECT_EQ(content(*cache, "b"), "not here");
    EXPECT_EQ(content(*cache, "a"), "aaaa");
    EXPECT_EQ(content(*cache, "c"), "cccc");
    EXPECT_EQ(cache->size(), 8u);
}

TEST_F(BlobCacheTest, WhoReadsReadsOn) {
    const auto cache = open();
    cache->put("a", "aaaa");
    const auto reader = cache->find("a");
    cache->put("b", "bbbbbbbbb");
    EXPECT_EQ(content(*cache, "a"), "not here");
    EXPECT_EQ(read(*reader), "aaaa");
}

TEST_F(BlobCacheTest, WhatIsLargerThanTheCacheIsNotKept) {
    const auto cache = open();
    cache->put("a", "aaaa");
    cache->put("b", "more than ten");
    EXPECT_EQ(content(*cache, "b"), "not here");
    EXPECT_EQ(content(*cache, "a"), "aaaa") << "and drives nothing out";
    std::ofstream(folder_.path() / "film") << "more than ten";
    cache->adopt("film", folder_.path() / "film", 13);
    EXPECT_FALSE(fs::exists(folder_.path() / "film"));
}

TEST_F(BlobCacheTest, APinnedFileStaysUntilItsTimeIsOver) {
    const auto cache = open();
    cache->put("film", "ffffffff");
    const auto path = cache->pin("film");
    ASSERT_TRUE(path);
    cache->put("a", "aaaa");
    EXPECT_TRUE(fs::exists(*path));
    EXPECT_EQ(content(*cache, "a"), "not here") << "there is no room beside it";
    clock_.advance(BlobCache::kPinned);
    cache->put("a", "aaaa");
    EXPECT_FALSE(fs::exists(*path));
    EXPECT_FALSE(cache->pin("film"));
}

TEST_F(BlobCacheTest, TheNextProcessTakesItUp) {
    open()->put("v/a", "aaaa");
    open()->put("v/a/b", "bbbb");
    {
        const auto cache = open();
        EXPECT_EQ(cache->size(), 8u);
        EXPECT_EQ(content(*cache, "v/a"), "aaaa");
        EXPECT_EQ(content(*cache, "v/a/b"), "bbbb") << "a name may be another one's folder";
    }
    const auto smaller = open(4);
    EXPECT_EQ(smaller->size(), 4u);
    EXPECT_EQ(content(*smaller, "v/a/b"), "bbbb") << "used last";
}

TEST_F(BlobCacheTest, WhatAPowerCutLeftIsThrownAway) {
    {
        const auto cache = open();
        cache->put("v/a", "aaaa");
        cache->put("v/b", "bbbb");
    }
    for (const auto& each : fs::recursive_directory_iterator(root_)) {
        if (each.path().filename().string().starts_with("a,")) fs::resize_file(each.path(), 2);
    }
    std::ofstream(root_ / ".tmp" / "7") << "half";
    std::ofstream(root_ / "strange") << "x";
    const auto cache = open();
    EXPECT_EQ(content(*cache, "v/a"), "not here");
    EXPECT_EQ(content(*cache, "v/b"), "bbbb");
    EXPECT_FALSE(fs::exists(root_ / "strange"));
    EXPECT_TRUE(fs::is_empty(root_ / ".tmp"));
}

TEST_F(BlobCacheTest, AFileThatSomebodyCutOrRemovedIsNotServed) {
    const auto cache = open();
    cache->put("a", "aaaa");
    cache->put("b", "bbbb");
    fs::resize_file(root_ / "a,4", 3);
    fs::remove(root_ / "b,4");
    EXPECT_FALSE(cache->find("a"));
    EXPECT_FALSE(cache->find("b"));
    EXPECT_EQ(cache->size(), 0u);
}

TEST_F(BlobCacheTest, WhatIsForgottenOnItsWayIsNotKept) {
    const auto cache = open();
    for (const bool all : {false, true}) {
        auto arrival = cache->expect("v/a").value();
        ASSERT_EQ(::write(arrival.take_file().get(), "old", 3), 3);
        if (all) cache->forget_all("v");
        if (!all) cache->forget("v/a");
        EXPECT_FALSE(cache->keep(std::move(arrival), "v/a", 3));
        EXPECT_EQ(content(*cache, "v/a"), "not here");
    }
    EXPECT_TRUE(fs::is_empty(root_ / ".tmp"));
}

TEST_F(BlobCacheTest, APrefixGoesWholeWithItsFolders) {
    const auto cache = open(100);
    for (const char* key : {"v/1/a", "v/1/b/c", "v/10/a", "v/1-"}) cache->put(key, key);
    cache->forget_all("v/1");
    EXPECT_EQ(content(*cache, "v/1/a"), "not here");
    EXPECT_EQ(content(*cache, "v/1/b/c"), "not here");
    EXPECT_EQ(content(*cache, "v/10/a"), "v/10/a");
    EXPECT_EQ(content(*cache, "v/1-"), "v/1-");
    EXPECT_FALSE(fs::exists(root_ / "v,/1,"));
}

TEST_F(BlobCacheTest, AFullDiskIsLeftAloneForAWhile) {
    const auto cache = open(100);
    for (const char* key : {"a", "b", "c"}) cache->put(key, "0123456789");
    cache->disk_is_full();
    cache->disk_is_full();
    EXPECT_EQ(cache->times_full(), 1u);
    EXPECT_EQ(content(*cache, "a"), "not here") << "some room is made";
    EXPECT_EQ(content(*cache, "c"), "0123456789");
    EXPECT_EQ(cache->expect("d").error().code, ErrorCode::Unavailable);
    clock_.advance(std::chrono::minutes(1));
    EXPECT_TRUE(cache->expect("d"));
}

}  // namespace
}  // namespace syncwatch::s3
