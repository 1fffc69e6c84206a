#include "adapters/s3/s3_blob_store.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "contract/blob_store_contract.h"
#include "harness/manual_clock.h"
#include "harness/object_store.h"
#include "harness/scripted_server.h"
#include "harness/seeded_random.h"
#include "harness/small_disk.h"

namespace syncwatch {
namespace {

using s3::S3BlobStore;
namespace fs = std::filesystem;

struct MadeS3 {
    BlobStore& blobs() { return *store; }

    TempFolder folder;
    SystemClock clock;
    SystemRandom random;
    CircuitBreaker breaker{"objects"};
    net::thread_pool pool{2};
    std::unique_ptr<S3BlobStore> store =
        S3BlobStore::open({TestObjectStore::options(TestObjectStore::url()), {folder.path()}},
                          {clock, random, breaker, pool, pool})
            .value();
};

INSTANTIATE_TYPED_TEST_SUITE_P(Radosgw, BlobStoreContract, MadeS3);

/// A bucket that keeps what was there before.
class VersionedBucketTest : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(run_to_end(client_.client.create_bucket()));
        s3::S3Request request{"PUT"};
        request.query.emplace_back("versioning", "");
        const std::string xml =
            "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
        request.payload = encode_hex(sha256(as_bytes(xml)));
        request.body.text = std::make_shared<const std::string>(xml);
        request.body.size = xml.size();
        ASSERT_TRUE(run_to_end(client_.exchange.ask(std::move(request))));
    }
    StoredBlob put(const std::string& key, const std::string& bytes) {
        return run_to_end(store_->put(key, bytes)).value();
    }
    std::string content(const std::string& key) {
        const auto blob = run_to_end(store_->open(key));
        if (!blob) return "no: " + blob.error().message;
        std::string bytes(blob->size, '\0');
        EXPECT_EQ(::pread(blob->fd.get(), bytes.data(), bytes.size(), 0),
                  static_cast<ssize_t>(bytes.size()));
        return bytes;
    }
    Result<> bring_back(const StoredBlob& object) { return run_to_end(store_->bring_back(object)); }

    const std::string url_ =
        fmt::format("s3:http://localhost:{}/kept/below", TestObjectStore::server().http_port());
    TestS3Client client_{url_};
    TempFolder folder_;
    net::thread_pool pool_{2};
    std::unique_ptr<S3BlobStore> store_ =
        S3BlobStore::open({TestObjectStore::options(url_), {folder_.path()}},
                          {client_.clock, client_.random, client_.breaker, pool_, pool_})
            .value();
};

TEST_F(VersionedBucketTest, WhatWasThereOnceIsBroughtBackByItsSum) {
    const StoredBlob first = put("v/ab", "film one");
    const StoredBlob second = put("v/ab", "film two");
    const StoredBlob longer = put("v/ab2", "film three");
    EXPECT_EQ(content("v/ab"), "film two");
    ASSERT_TRUE(bring_back(first));
    EXPECT_EQ(content("v/ab"), "film one") << "nor is the other kept nearby";
    ASSERT_TRUE(run_to_end(store_->remove("v/ab")));
    EXPECT_EQ(run_to_end(store_->size_of("v/ab")).error().code, ErrorCode::NotFound);
    ASSERT_TRUE(bring_back(second));
    EXPECT_EQ(content("v/ab"), "film two");
    StoredBlob never = second;
    never.sha256 = longer.sha256;
    EXPECT_EQ(bring_back(never).error().code, ErrorCode::NotFound);
    EXPECT_EQ(content("v/ab"), "film two");
    EXPECT_EQ(content("v/ab2"), "film three");
    EXPECT_TRUE(bring_back(second)) << "it is there already: a copy of before will do";
    never.key = "v/never";
    EXPECT_EQ(bring_back(never).error().code, ErrorCode::NotFound);
}

TEST(PlainBucketTest, WhatIsGoneIsGone) {
    MadeS3 made;
    const StoredBlob object = run_to_end(made.store->put("v/a", std::string("film"))).value();
    ASSERT_TRUE(run_to_end(made.store->remove("v/a")));
    EXPECT_EQ(run_to_end(made.store->bring_back(object)).error().code, ErrorCode::NotFound);
}

std::string read(const OpenBlob& blob) {
    std::string bytes(blob.size, '\0');
    EXPECT_EQ(::pread(blob.fd.get(), bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
    return bytes;
}

/// A store in front of a server that does what the test says.
class S3BlobStoreTest : public testing::Test {
protected:
    std::unique_ptr<S3BlobStore> store(const fs::path& cache) {
        auto options =
            TestObjectStore::options(fmt::format("s3:http://127.0.0.1:{}/films", server_.port()));
        options.attempts = 2;
        return S3BlobStore::open({std::move(options), {cache}},
                                 {clock_, random_, breaker_, pool_, pool_})
            .value();
    }
    std::unique_ptr<S3BlobStore> store() { return store(folder_.path()); }

    TempFolder folder_;
    ManualClock clock_;
    SeededRandom random_;
    CircuitBreaker breaker_{"objects"};
    ScriptedServer server_;
    net::thread_pool pool_{4};
};

TEST_F(S3BlobStoreTest, ItTellsHowItsCacheServes) {
    auto options =
        TestObjectStore::options(fmt::format("s3:http://127.0.0.1:{}/films", server_.port()));
    const auto blobs = S3BlobStore::open({std::move(options), {folder_.path(), 10}},
                                         {clock_, random_, breaker_, pool_, pool_})
                           .value();
    server_.says(ScriptedServer::answer(200, "segment"));
    server_.says(ScriptedServer::answer(200, "another"));
    for (const char* key : {"v/1.m4s", "v/1.m4s", "v/2.m4s", "v/2.m4s", "v/2.m4s"}) {
        ASSERT_TRUE(run_to_end(blobs->open(key))) << key;
    }
    const auto figures = blobs->cache_figures();
    EXPECT_EQ(figures.hits, 3u);
    EXPECT_EQ(figures.misses, 2u);
    EXPECT_EQ(figures.read_bytes, 14u);
    EXPECT_EQ(figures.evicted_bytes, 7u) << "there is room for one";
    EXPECT_EQ(figures.bytes, 7u);
    EXPECT_EQ(figures.limit, 10u);
}

TEST_F(S3BlobStoreTest, AListingThatBreaksOffIsNotItsEnd) {
    const auto blobs = store();
    server_.says(ScriptedServer::answer(
        200,
        "<ListBucketResult><Contents><Key>v/a</Key><Size>3</Size>"
        "<LastModified>2026-11-23T08:33:14.120Z</LastModified></Contents>"
        "<Contents><Key>v/folder/</Key><Size>0</Size></Contents>"
        "<IsTruncated>true</IsTruncated><NextContinuationToken>more</NextContinuationToken>"
        "</ListBucketResult>"));
    server_.says(ScriptedServer::answer(200, "<ListBucketResult><Contents><Key>v/b</Key>"));
    server_.says(ScriptedServer::error(403, "AccessDenied"));
    const auto first = run_to_end(blobs->list_page("v", ""));
    ASSERT_TRUE(first) << first.error().message;
    ASSERT_EQ(first->all.size(), 1u) << "marks of folders are none of ours";
    EXPECT_EQ(first->all[0].key, "v/a");
    EXPECT_EQ(first->all[0].size, 3u);
    EXPECT_EQ(format_rfc3339(first->all[0].stored_at), "2026-11-23T08:33:14.120Z");
    EXPECT_EQ(first->next, "more");
    const auto torn = run_to_end(blobs->list_page("v", "more"));
    ASSERT_FALSE(torn);
    EXPECT_EQ(torn.error().code, ErrorCode::Unavailable) << torn.error().message;
    const auto denied = run_to_end(blobs->size_of("v/c"));
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().code, ErrorCode::Unavailable)
        << "who may not look does not know that it is missing";
}

TEST_F(S3BlobStoreTest, ManyWhoAskAtOnceCostOneQuestion) {
    const auto blobs = store();
    server_.says(ScriptedServer::answer(200, "segment"));
    std::vector<std::thread> viewers;
    std::atomic<int> served{0};
    for (int i = 0; i < 40; ++i) {
        viewers.emplace_back([&] {
            const auto blob = run_to_end(blobs->open("v/1.m4s"));
            if (blob && read(*blob) == "segment") ++served;
        });
    }
    for (auto& viewer : viewers) viewer.join();
    EXPECT_EQ(served, 40);
    EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(S3BlobStoreTest, WhatWasReadOrWrittenIsReadWithoutTheStore) {
    server_.says(ScriptedServer::answer(200, "read"));
    {
        const auto blobs = store();
        ASSERT_TRUE(run_to_end(blobs->open("a")));
        ASSERT_TRUE(run_to_end(blobs->put("b", "written")));
    }
    server_.says(ScriptedServer::error(500, "InternalError"));
    const auto blobs = store();
    EXPECT_EQ(read(*run_to_end(blobs->open("a"))), "read") << "after a restart too";
    EXPECT_EQ(read(*run_to_end(blobs->open("b"))), "written");
    EXPECT_EQ(server_.requests().size(), 2u);
}

TEST_F(S3BlobStoreTest, AFailureIsToldToAllAndNotKept) {
    const auto blobs = store();
    server_.says(ScriptedServer::error(404, "NoSuchKey"));
    server_.says(ScriptedServer::answer(200, "here"));
    EXPECT_EQ(run_to_end(blobs->open("a")).error().code, ErrorCode::NotFound);
    EXPECT_EQ(read(*run_to_end(blobs->open("a"))), "here");
}

TEST_F(S3BlobStoreTest, AWriteWhoseAnswerIsLostLeavesNoOldBytesBehind) {
    const auto blobs = store();
    server_.says(ScriptedServer::answer(200, "old"));
    ASSERT_TRUE(run_to_end(blobs->open("a")));
    server_.says("");
    server_.says("");
    (void)run_to_end(blobs->put("a", "new"));
    server_.says(ScriptedServer::answer(200, "new"));
    server_.says(ScriptedServer::answer(200, "new"));
    EXPECT_EQ(read(*run_to_end(blobs->open("a"))), "new");
}

TEST_F(S3BlobStoreTest, AnOldListingDoesNotMakeRemovalEndless) {
    const auto blobs = store();
    const auto listing = [](const std::string& names) {
        return ScriptedServer::answer(200, "<ListBucketResult>" + names + "</ListBucketResult>");
    };
    const std::string a = "<Contents><Key>v/a</Key></Contents>";
    const std::string late = "<Contents><Key>v/late</Key></Contents>";
    server_.says(listing(a));
    server_.says(ScriptedServer::answer(200, "<DeleteResult/>"));
    server_.says(listing(a + late));
    server_.says(ScriptedServer::answer(200, "<DeleteResult/>"));
    server_.says(listing(a + late));
    EXPECT_TRUE(run_to_end(blobs->remove_all("v")));
    const auto requests = server_.requests();
    ASSERT_EQ(requests.size(), 5u);
    EXPECT_NE(requests[3].find("<Key>v/late</Key>"), std::string::npos);
    EXPECT_EQ(requests[3].find("<Key>v/a</Key>"), std::string::npos);
}

TEST_F(S3BlobStoreTest, OneObjectThatCannotBeRemovedIsSaid) {
    const auto blobs = store();
    server_.says(ScriptedServer::answer(
        200, "<ListBucketResult><Contents><Key>v/a</Key></Contents></ListBucketResult>"));
    server_.says(ScriptedServer::answer(
        200,
        "<DeleteResult><Error><Key>v/a</Key><Code>AccessDenied</Code></Error></DeleteResult>"));
    const auto refused = run_to_end(blobs->remove_all("v"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, kNoDelete);
    EXPECT_NE(refused.error().message.find("v/a: denied"), std::string::npos)
        << refused.error().message;
}

TEST(S3BlobStoreDiskTest, AFullDiskCostsTheCacheAndNotTheService) {
    SmallDisk disk;
    if (!disk.mounted()) GTEST_SKIP() << "cannot mount a tmpfs here: " << disk.why_not();
    MadeS3 made;
    const std::string segment(6 * 1024 * 1024, 's');
    ASSERT_TRUE(run_to_end(made.store->put("v/1.m4s", segment)));
    const auto node =
        S3BlobStore::open(
            {TestObjectStore::options(TestObjectStore::url()), {disk.path() / "cache"}},
            {made.clock, made.random, made.breaker, made.pool, made.pool})
            .value();
    ASSERT_TRUE(run_to_end(node->put("v/1.m4s", segment))) << "durable without a cache";
    for (int i = 0; i < 3; ++i) {
        const auto blob = run_to_end(node->open("v/1.m4s"));
        ASSERT_TRUE(blob) << blob.error().message;
        EXPECT_EQ(read(*blob), segment);
    }
    EXPECT_GE(node->cache_figures().disk_full, 1u) << "for the metric";
    const auto path = run_to_end(node->local_path("v/1.m4s"));
    ASSERT_FALSE(path);
    EXPECT_EQ(path.error().reason, "disk_full");
}

}  // namespace
}  // namespace syncwatch
