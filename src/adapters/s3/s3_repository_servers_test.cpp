#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "adapters/s3/s3_repository.h"
#include "contract/backup_repository_contract.h"
#include "harness/object_store.h"

namespace syncwatch::s3 {
namespace {

/// A repository in radosgw, below a prefix of its own, and what it stands on.
struct MadeRepository {
    explicit MadeRepository(Exchange::Options options)
        : made({std::move(options), {}}, S3Repository::Powers{clock, random, breaker, pool}) {}
    MadeRepository() : MadeRepository(TestObjectStore::options(TestObjectStore::url())) {}
    BackupRepository& repository() { return made; }

    SystemClock clock;
    SystemRandom random;
    CircuitBreaker breaker{"backup"};
    net::thread_pool pool{4};
    S3Repository made;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Radosgw, BackupRepositoryContract, MadeRepository);

TEST(S3RepositoryServersTest, WhatAnotherProgramPutThereIsComparedByItsBytes) {
    const std::string url = TestObjectStore::url();
    MadeRepository ours(TestObjectStore::options(url));
    TestS3Client theirs(url);
    S3Request request{"PUT", theirs.exchange.location().prefix + "v/a"};
    request.body.text = std::make_shared<const std::string>("bytes");
    request.body.size = 5;
    request.payload = encode_hex(sha256(as_bytes("bytes")));
    ASSERT_TRUE(run_to_end(theirs.exchange.ask(std::move(request))));
    ASSERT_FALSE(run_to_end(theirs.client.head("v/a")).value().sha256) << "it says no sum";
    EXPECT_TRUE(run_to_end(ours.made.create("v/a", std::string("bytes"))));
    EXPECT_EQ(run_to_end(ours.made.create("v/a", std::string("other"))).error().code,
              ErrorCode::Conflict);
}

TEST(S3RepositoryServersTest, WhatChangedInTheStoreIsCorrupt) {
    const std::string url = TestObjectStore::url();
    MadeRepository ours(TestObjectStore::options(url));
    TestS3Client theirs(url);
    S3Request request{"PUT", theirs.exchange.location().prefix + "v/a"};
    request.body.text = std::make_shared<const std::string>("flipped");
    request.body.size = 7;
    request.payload = encode_hex(sha256(as_bytes("flipped")));
    request.headers.emplace_back(kSumHeader, encode_hex(sha256(as_bytes("written"))));
    ASSERT_TRUE(run_to_end(theirs.exchange.ask(std::move(request))));
    const TempFolder folder;
    EXPECT_EQ(run_to_end(ours.made.read("v/a")).error().code, ErrorCode::Corrupt);
    EXPECT_EQ(run_to_end(ours.made.fetch("v/a", folder.path() / "x")).error().code,
              ErrorCode::Corrupt);
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "x"));
}

/// Lets the user "keeper" do everything in the bucket but delete.
Result<> let_keeper_in() {
    auto& server = TestObjectStore::server();
    SW_CHECK(server.create_user("keeper", "KEEPER", "keeps"));
    TestS3Client owner(fmt::format("s3:http://localhost:{}/films", server.http_port()));
    S3Request request{"PUT"};
    request.query.emplace_back("policy", "");
    request.body.text = std::make_shared<const std::string>(R"({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow",
                       "Principal": {"AWS": ["arn:aws:iam:::user/keeper"]},
                       "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
                       "Resource": ["arn:aws:s3:::films", "arn:aws:s3:::films/*"]}]})");
    request.body.size = request.body.text->size();
    request.payload = encode_hex(sha256(as_bytes(*request.body.text)));
    return run_to_end(owner.exchange.ask(std::move(request))).map([](const HttpAnswer&) {});
}

TEST(S3RepositoryServersTest, KeysThatMayNotDeleteAreToldApartFromTrouble) {
    ASSERT_TRUE(let_keeper_in());
    auto options = TestObjectStore::options(TestObjectStore::url());
    options.credentials = []() -> Result<Credentials> { return Credentials{"KEEPER", "keeps"}; };
    MadeRepository far(std::move(options));
    ASSERT_TRUE(run_to_end(far.made.check()));
    ASSERT_TRUE(run_to_end(far.made.create("v/a", std::string("kept"))));
    for (int tries = 0; tries < 10; ++tries) {
        const auto refused = run_to_end(far.made.remove("v/a"));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::Conflict) << refused.error().message;
        EXPECT_EQ(refused.error().reason, "no_delete");
    }
    EXPECT_EQ(run_to_end(far.made.read("v/a")).value(), "kept") << "it is no reason to stop asking";
}

TEST(S3RepositoryServersTest, ABucketThatIsAwayIsNeverAnEmptyOne) {
    const auto port = TestObjectStore::server().http_port();
    MadeRepository lost(
        TestObjectStore::options(fmt::format("s3:http://localhost:{}/nothing-here", port)));
    EXPECT_EQ(run_to_end(lost.made.read("v/a")).error().code, ErrorCode::Unavailable);
    EXPECT_EQ(run_to_end(lost.made.list("v")).error().code, ErrorCode::Unavailable);
    EXPECT_EQ(run_to_end(lost.made.create("v/a", std::string("x"))).error().code,
              ErrorCode::Unavailable);
    EXPECT_EQ(run_to_end(lost.made.check()).error().component, "backup");
    EXPECT_EQ(lost.made.place(), fmt::format("s3:http://localhost:{}/nothing-here/", port));
}

}  // namespace
}  // namespace syncwatch::s3
