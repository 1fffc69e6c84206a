// Large objects that come in pages, from a real store.
#include <fstream>
#include <random>
#include <string>

#include <boost/asio/thread_pool.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>

#include "adapters/s3/s3_blob_store.h"
#include "harness/object_store.h"
#include "harness/small_disk.h"

namespace syncwatch::s3 {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kPage = PartialObject::kPage;
constexpr std::uint64_t kSize = 40 * kPage + 123;
const std::string kKey = "videos/x/source/original";

std::string numbers(std::uint64_t size) {
    std::string bytes(size, '\0');
    std::uint64_t state = 1;
    for (char& each : bytes) {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        each = static_cast<char>(state >> 56);
    }
    return bytes;
}

std::string read(const fs::path& file, std::uint64_t offset, std::uint64_t count) {
    std::string bytes(count, '\0');
    std::ifstream in(file, std::ios::binary);
    in.seekg(static_cast<std::streamoff>(offset));
    in.read(bytes.data(), static_cast<std::streamsize>(count));
    bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
    return bytes;
}

/// A node, with a cache that is empty at first.
struct Node {
    explicit Node(const std::string& url, fs::path cache = {})
        : store(S3BlobStore::open(
                    {TestObjectStore::options(url), {cache.empty() ? folder.path() : cache}},
                    {clock, random, breaker, pool, pool})
                    .value()) {}
    Result<SourceFile> source_file(const std::string& key = kKey) {
        return run_to_end(store->source_file(key));
    }

    TempFolder folder;
    SystemClock clock;
    SystemRandom random;
    CircuitBreaker breaker{"objects"};
    net::thread_pool pool{4};
    std::unique_ptr<S3BlobStore> store;
};

class PartialObjectTest : public testing::Test {
protected:
    static void SetUpTestSuite() { film = numbers(kSize); }
    void SetUp() override { put(kKey, film); }
    void put(const std::string& key, const std::string& bytes) {
        const auto file = folder_.path() / "film";
        std::ofstream(file, std::ios::binary) << bytes;
        const auto stored = run_to_end(uploader_.store->put_file(key, file));
        ASSERT_TRUE(stored) << stored.error().message;
    }

    static inline std::string film;
    TempFolder folder_;
    const std::string url_ = TestObjectStore::url();
    Node uploader_{url_};
    Node node_{url_};
};

TEST_F(PartialObjectTest, WhatWasBroughtIsThereAndTheRestIsNot) {
    const auto file = node_.source_file();
    ASSERT_TRUE(file && file->partial);
    EXPECT_EQ(fs::file_size(file->path), kSize);
    std::mt19937_64 random(1);
    for (int i = 0; i < 60; ++i) {
        const std::uint64_t offset = random() % kSize;
        const std::uint64_t count = 1 + random() % (2 * kPage);
        ASSERT_TRUE(run_to_end(file->partial->bring(offset, count)));
        EXPECT_TRUE(read(file->path, offset, count) == film.substr(offset, count)) << i;
    }
    EXPECT_TRUE(run_to_end(file->partial->bring(kSize - 1, 5)));
    EXPECT_TRUE(run_to_end(file->partial->bring(kSize + 7, 5))) << "nothing is there to bring";
    EXPECT_TRUE(run_to_end(file->partial->bring(0, ~std::uint64_t{0}))) << "all of it";
    EXPECT_TRUE(read(file->path, 0, kSize) == film);
}

TEST_F(PartialObjectTest, WhoReadsOnGetsMoreAheadAndWhoJumpsDoesNot) {
    const auto file = node_.source_file();
    ASSERT_TRUE(file);
    const auto& object = dynamic_cast<const PartialObject&>(*file->partial);
    for (const std::uint64_t page : {30, 10, 20}) {
        const std::uint64_t before = object.bytes_here();
        ASSERT_TRUE(run_to_end(file->partial->bring(page * kPage, 1000)));
        EXPECT_EQ(object.bytes_here() - before, kPage) << page;
    }
    ASSERT_TRUE(run_to_end(file->partial->bring(21 * kPage, 1000)));
    EXPECT_EQ(object.bytes_here(), 5 * kPage);
    ASSERT_TRUE(run_to_end(file->partial->bring(23 * kPage, 1000)));
    EXPECT_EQ(object.bytes_here(), 9 * kPage);
    ASSERT_TRUE(run_to_end(file->partial->bring(21 * kPage, kPage)));
    EXPECT_EQ(object.bytes_here(), 9 * kPage) << "it is here";
}

TEST_F(PartialObjectTest, WhoComesNextFindsWhatWasRead) {
    const auto first = node_.source_file();
    ASSERT_TRUE(first && run_to_end(first->partial->bring(kPage, 10)));
    EXPECT_EQ(node_.source_file()->partial, first->partial);
    ASSERT_TRUE(run_to_end(node_.store->refresh(kKey)));
    const auto fresh = node_.source_file();
    EXPECT_NE(fresh->partial, first->partial) << "what was kept nearby is forgotten";
    EXPECT_TRUE(run_to_end(first->partial->bring(3 * kPage, 10))) << "who reads it reads on";
}

TEST_F(PartialObjectTest, ItsFileGoesWithItAndWithTheProcess) {
    auto file = node_.source_file();
    ASSERT_TRUE(file);
    const fs::path path = file->path;
    ASSERT_TRUE(run_to_end(node_.store->refresh(kKey)));
    EXPECT_TRUE(fs::exists(path));
    file = SourceFile();
    EXPECT_FALSE(fs::exists(path));
}

TEST_F(PartialObjectTest, WhatIsSmallOrHereAlreadyIsWhole) {
    put("videos/x/small", "small");
    const auto small = node_.source_file("videos/x/small");
    ASSERT_TRUE(small) << small.error().message;
    EXPECT_FALSE(small->partial);
    EXPECT_EQ(read(small->path, 0, 100), "small");
    ASSERT_TRUE(run_to_end(node_.store->local_path(kKey)));
    const auto whole = node_.source_file();
    EXPECT_FALSE(whole->partial);
    EXPECT_TRUE(read(whole->path, 0, kSize) == film);
}

TEST_F(PartialObjectTest, WhatIsNotThereAnyMoreIsNotFound) {
    EXPECT_EQ(node_.source_file("videos/y/original").error().code, ErrorCode::NotFound);
    const auto file = node_.source_file();
    ASSERT_TRUE(file);
    ASSERT_TRUE(run_to_end(uploader_.store->remove(kKey)));
    const auto brought = run_to_end(file->partial->bring(0, 10));
    ASSERT_FALSE(brought);
    EXPECT_EQ(brought.error().code, ErrorCode::NotFound);
    put(kKey, "now it is a short one");
    EXPECT_FALSE(run_to_end(file->partial->bring(20 * kPage, 10)));
}

TEST_F(PartialObjectTest, AFullDiskIsSaid) {
    SmallDisk disk;
    if (!disk.mounted()) GTEST_SKIP() << "cannot mount a tmpfs here: " << disk.why_not();
    Node node(url_, disk.path() / "cache");
    const auto file = node.source_file();
    ASSERT_TRUE(file) << "a file of holes takes no room";
    const auto brought = run_to_end(file->partial->bring(0, kSize));
    ASSERT_FALSE(brought);
    EXPECT_EQ(brought.error().reason, "disk_full");
    EXPECT_EQ(brought.error().code, ErrorCode::Unavailable);
}

}  // namespace
}  // namespace syncwatch::s3
