#include <csignal>
#include <fstream>

#include <boost/asio/thread_pool.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>

#include "adapters/s3/file_sender.h"
#include "apps/lab/ports.h"
#include "harness/certificate.h"
#include "harness/contents_of.h"
#include "harness/manual_clock.h"
#include "harness/object_store.h"
#include "harness/odd_names.h"

namespace syncwatch::s3 {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string numbered_bytes(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>((i * 2654435761u) >> 13);
    return bytes;
}

/// What curl, which knows nothing of us, gets at an address: the status it prints.
std::string curl_status(const std::string& address, const fs::path& to) {
    const TempFolder folder;
    EXPECT_TRUE(lab::hand_over(folder.path()));
    lab::Launch launch;
    launch.folder = folder.path();
    launch.log = folder.path() / "status";
    launch.command = {"curl", "-s", "--noproxy", "*", "-o", "body", "-w", "%{http_code}", address};
    EXPECT_TRUE(lab::run_tool(launch, 30s));
    fs::copy_file(folder.path() / "body", to, fs::copy_options::overwrite_existing);
    return contents_of(launch.log);
}

TEST(RadosgwTest, NamesOfAnyKindGoThereAndBack) {
    TestS3Client store(TestObjectStore::url());
    expect_odd_names_work(store);
}

TEST(RadosgwTest, TheBucketMayStandBeforeTheHost) {
    // Whatever ends in .localhost is this machine (RFC 6761, 6.3).
    TestS3Client store(TestObjectStore::url("?style=virtual"));
    expect_odd_names_work(store);
}

TEST(RadosgwTest, AListingHasPages) {
    TestS3Client store(TestObjectStore::url());
    std::vector<std::string> names;
    for (int i = 0; i < 25; ++i) names.push_back(fmt::format("v/{:02}", i));
    for (const auto& name : names) ASSERT_TRUE(store.put(name, name));
    EXPECT_EQ(run_to_end(store.client.list("v/", 4)).value(), names);
    EXPECT_EQ(run_to_end(store.client.list("v/")).value(), names);
    const auto first = run_to_end(store.client.list_page("v/", "", 4)).value();
    EXPECT_EQ(first.all.size(), 4u);
    EXPECT_FALSE(first.next.empty());
}

TEST(RadosgwTest, AListingMayStopAtFolders) {
    TestS3Client store(TestObjectStore::url());
    for (const char* name : {"u/1/a", "u/1/b", "u/2/a/x", "u/3"}) ASSERT_TRUE(store.put(name, "x"));
    EXPECT_EQ(run_to_end(store.client.list("u/", 2, S3Client::Depth::Folders)).value(),
              (std::vector<std::string>{"u/1/", "u/2/", "u/3"}));
}

TEST(RadosgwTest, AFileOfFortyMegabytesGoesInParts) {
    TestS3Client store(TestObjectStore::url());
    const TempFolder folder;
    const std::string film = numbered_bytes(40 * 1024 * 1024 + 7);
    std::ofstream(folder.path() / "film", std::ios::binary) << film;
    const auto file = std::make_shared<const UniqueFd>(
        ::open((folder.path() / "film").c_str(), O_RDONLY | O_CLOEXEC));
    net::thread_pool pool(1);
    FileSender sender(store.exchange, pool, {});
    const auto sent = run_to_end(sender.send("film", file)).value();
    EXPECT_EQ(sent.size, film.size());
    EXPECT_EQ(sent.sha256, sha256(as_bytes(film)));
    const auto facts = run_to_end(store.client.head("film")).value();
    EXPECT_EQ(facts.size, film.size());
    EXPECT_EQ(facts.sha256, sent.sha256) << "it is kept though it came in parts";
    const auto download = std::make_shared<Download>();
    EXPECT_EQ(run_to_end(store.client.get("film", download)).value().sha256, sent.sha256);
}

TEST(RadosgwTest, WhatIsAbortedWasNeverThere) {
    auto options = TestObjectStore::options(TestObjectStore::url());
    options.attempts = 1;  // radosgw calls it an internal error
    TestS3Client store(std::move(options));
    const auto upload =
        run_to_end(MultipartUpload::create(store.exchange, "film", sha256({}))).value();
    HttpBody body;
    body.text = std::make_shared<const std::string>("part");
    body.size = 4;
    const auto part = run_to_end(upload.send(1, body, sha256(as_bytes("part")))).value();
    ASSERT_TRUE(run_to_end(upload.abort()));
    EXPECT_TRUE(run_to_end(upload.abort())) << "absent is success";
    EXPECT_FALSE(run_to_end(upload.complete({part})));
    EXPECT_EQ(run_to_end(store.client.head("film")).error().code, ErrorCode::NotFound);
}

TEST(RadosgwTest, APresignedAddressIsGoodForCurlUntilItExpires) {
    const std::string url = TestObjectStore::url();
    TestS3Client store(url);
    ASSERT_TRUE(store.put("v/a b+c.m4s", "film"));
    const TempFolder folder;
    const auto body = folder.path() / "body";
    const auto address = store.client.presigned_get("v/a b+c.m4s", 60s).value();
    EXPECT_EQ(curl_status(address, body), "200");
    ManualClock still;
    CircuitBreaker idle("objects");
    Exchange steady(TestObjectStore::options(url), {still, store.random, idle});
    const auto first = steady.presigned_get("v", 3600s).value();
    still.advance(1s);
    EXPECT_EQ(steady.presigned_get("v", 3600s).value(), first) << "it may be kept for a while";
    still.advance(1800s);
    EXPECT_NE(steady.presigned_get("v", 3600s).value(), first);
    EXPECT_EQ(contents_of(body), "film");
    EXPECT_EQ(curl_status(address + "0", body), "403") << "nobody may change it";

    ManualClock long_ago;
    CircuitBreaker breaker("objects");
    Exchange earlier(TestObjectStore::options(url), {long_ago, store.random, breaker});
    const auto expired = earlier.presigned_get("v/a b+c.m4s", 60s).value();
    EXPECT_EQ(curl_status(expired, body), "403");
}

TEST(RadosgwTest, WrongKeysAreCalledThat) {
    for (const auto& [access, secret, word] :
         {std::tuple{TestObjectStore::kAccessKey, "wrong", "secret key"},
          std::tuple{"NOBODY", "x", "does not know the access key"}}) {
        auto options = TestObjectStore::options(TestObjectStore::url());
        options.credentials = [who = Credentials{access, secret}]() -> Result<Credentials> {
            return who;
        };
        TestS3Client store(std::move(options));
        const auto refused = run_to_end(store.client.check_bucket());
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().component, "objects");
        EXPECT_NE(refused.error().message.find(word), std::string::npos) << refused.error().message;
    }
}

TEST(RadosgwTest, AMissingBucketIsCalledThat) {
    const auto port = TestObjectStore::server().http_port();
    TestS3Client store(fmt::format("s3:http://localhost:{}/nothing-here", port));
    const auto refused = run_to_end(store.client.check_bucket());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
    EXPECT_NE(refused.error().message.find("create it first"), std::string::npos)
        << refused.error().message;
    EXPECT_EQ(run_to_end(store.client.head("x")).error().code, ErrorCode::NotFound)
        << "a HEAD cannot tell";
}

TEST(RadosgwTest, AnAuthorityOfOurOwnIsTrustedAndNoOther) {
    auto& server = TestObjectStore::server();
    const std::string url = fmt::format("s3:https://localhost:{}/films/tls", server.https_port());
    TestS3Client trusting(url + "?ca=" + server.ca_file().string());
    ASSERT_TRUE(trusting.put("a", "film"));
    EXPECT_EQ(trusting.get("a").value(), "film");

    TestS3Client doubting(url);
    const auto refused = doubting.put("a", "film");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
    EXPECT_NE(refused.error().message.find("certificate"), std::string::npos)
        << refused.error().message;

    TestS3Client lost(url + "?ca=/no/such/file");
    const auto missing = lost.put("a", "film");
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().message.find("/no/such/file"), std::string::npos)
        << missing.error().message;
}

TEST(RadosgwTest, ACertificateThatHasExpiredIsCalledThat) {
    const TempFolder folder;
    const auto made =
        harness::make_certificate(folder.path(), "localhost", harness::Validity::Expired);
    ASSERT_TRUE(lab::hand_over(folder.path()));
    const auto port = lab::free_port().value();
    lab::Launch launch;
    launch.folder = folder.path();
    launch.log = folder.path() / "log";
    launch.command = {
        "openssl", "s_server",       "-quiet", "-accept", fmt::format("127.0.0.1:{}", port),
        "-cert",   made.certificate, "-key",   made.key};
    const lab::ServerProcess server(lab::start(launch).value());
    ASSERT_TRUE(lab::wait_for_port(port, 60s));
    TestS3Client store(
        fmt::format("s3:https://localhost:{}/films?ca={}", port, made.certificate.string()));
    const auto refused = store.put("a", "film");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("expired"), std::string::npos)
        << refused.error().message;
}

TEST(RadosgwTest, AStoreThatDiesIsMissedAndWelcomedBack) {
    auto& server = TestObjectStore::server();
    auto options = TestObjectStore::options(TestObjectStore::url());
    options.deadline = 500ms;
    TestS3Client store(std::move(options));
    ASSERT_TRUE(store.put("a", "film"));
    server.kill();
    EXPECT_EQ(store.get("a").error().code, ErrorCode::Unavailable);
    ASSERT_TRUE(server.start());
    EXPECT_EQ(store.get("a").value(), "film");
}

}  // namespace
}  // namespace syncwatch::s3
