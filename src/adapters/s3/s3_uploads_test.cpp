#include "adapters/s3/s3_uploads.h"

#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "contract/upload_files_contract.h"
#include "harness/object_store.h"
#include "harness/scripted_server.h"

namespace syncwatch {
namespace {

using s3::S3Uploads;

struct MadeS3Uploads {
    UploadFiles& files() { return *uploads; }
    void restart() {
        uploads.reset();
        uploads = node(folder.path() / "finished");
    }
    std::unique_ptr<S3Uploads> node(const std::filesystem::path& finished) {
        return S3Uploads::open({finished}, {client.exchange, random, pool}).value();
    }
    MadeS3Uploads() { restart(); }

    TempFolder folder;
    TestS3Client client{TestObjectStore::url()};
    SystemRandom random;
    net::thread_pool pool{2};
    std::unique_ptr<S3Uploads> uploads;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Radosgw, UploadFilesContract, MadeS3Uploads);

class S3UploadsTest : public testing::Test {
protected:
    static Result<> append(S3Uploads& node, UploadWriter writer, std::string bytes) {
        const std::size_t count = bytes.size();
        return run_to_end(node.append(writer, std::move(bytes), count)).map([](auto) {});
    }
    Result<UploadWriter> begin(S3Uploads& node, std::uint64_t offset) {
        return run_to_end(node.begin(id_, offset, UploadFiles::Kind::Final));
    }

    MadeS3Uploads made_;
    std::unique_ptr<S3Uploads> one_ = made_.node(made_.folder.path() / "one");
    std::unique_ptr<S3Uploads> two_ = made_.node(made_.folder.path() / "two");
    UploadId id_ = made_.random.make_id<UploadId>(from_micros(1));
};

TEST_F(S3UploadsTest, PartsMayArriveAtAnyNode) {
    ASSERT_TRUE(run_to_end(one_->create(id_)));
    ASSERT_TRUE(append(*one_, begin(*one_, 0).value(), "one "));
    EXPECT_EQ(run_to_end(two_->size(id_)).value(), 4u);
    ASSERT_TRUE(append(*two_, begin(*two_, 4).value(), "two "));
    EXPECT_EQ(begin(*one_, 4).error().reason, "wrong_offset");
    ASSERT_TRUE(append(*one_, begin(*one_, 8).value(), "three"));
    const auto finished = run_to_end(two_->finish(id_)).value();
    EXPECT_EQ(finished.size, 13u);
    EXPECT_EQ(finished.sha256, sha256(as_bytes("one two three")));
}

TEST_F(S3UploadsTest, TwoNodesAtOnceStoreTheSameBytesAndEitherWillDo) {
    ASSERT_TRUE(run_to_end(one_->create(id_)));
    const auto slow = begin(*one_, 0).value();
    const auto quick = begin(*two_, 0).value();
    ASSERT_TRUE(append(*one_, slow, "abc"));
    ASSERT_TRUE(append(*two_, quick, "abcd"));
    ASSERT_TRUE(append(*two_, quick, "ef"));
    ASSERT_TRUE(append(*one_, slow, "de"));
    const auto finished = run_to_end(one_->finish(id_)).value();
    EXPECT_EQ(finished.sha256, sha256(as_bytes("abcdef")));
}

TEST_F(S3UploadsTest, AFinishedFileIsBroughtOnceAndWholeOrNotAtAll) {
    ASSERT_TRUE(run_to_end(one_->create(id_)));
    ASSERT_TRUE(append(*one_, begin(*one_, 0).value(), "film"));
    const auto first = run_to_end(one_->finish(id_)).value();
    // Whoever moved it away asks again after a failure: it is brought anew.
    std::filesystem::remove(first.file);
    EXPECT_EQ(run_to_end(one_->finish(id_)).value().sha256, first.sha256);
    EXPECT_FALSE(std::filesystem::exists(std::filesystem::path(first.file).concat(".half")));
    ASSERT_TRUE(run_to_end(one_->remove(id_)));
    EXPECT_FALSE(std::filesystem::exists(first.file));
}

TEST_F(S3UploadsTest, WhatIsRemovedOnOneNodeIsGoneOnAll) {
    ASSERT_TRUE(run_to_end(one_->create(id_)));
    const auto writer = begin(*one_, 0).value();
    ASSERT_TRUE(append(*one_, writer, "abc"));
    ASSERT_TRUE(run_to_end(two_->remove(id_)));
    EXPECT_EQ(run_to_end(one_->size(id_)).error().reason, "no_such_upload");
    EXPECT_TRUE(run_to_end(one_->list()).value().empty());
    EXPECT_EQ(append(*one_, writer, "late").error().code, ErrorCode::NotFound);
}

TEST(S3UploadsListTest, AnUploadThatTheListForgotIsThereAllTheSame) {
    ScriptedServer server;
    const std::string nothing = ScriptedServer::answer(200, "<ListBucketResult/>");
    server.says(nothing);
    server.says(ScriptedServer::answer(200, ""));
    server.says(nothing);
    server.says(ScriptedServer::error(404, "NoSuchKey"));
    const TempFolder folder;
    TestS3Client client(fmt::format("s3:http://127.0.0.1:{}/films", server.port()));
    SystemRandom random;
    net::thread_pool pool{2};
    const auto uploads = S3Uploads::open({folder.path()}, {client.exchange, random, pool}).value();
    const auto id = random.make_id<UploadId>(from_micros(1));
    EXPECT_EQ(run_to_end(uploads->size(id)).error().code, ErrorCode::Unavailable);
    EXPECT_EQ(run_to_end(uploads->size(id)).error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace syncwatch
