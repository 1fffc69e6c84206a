#include "adapters/s3/s3_repository.h"

#include <fstream>

#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "base/async/run_to_end.h"
#include "harness/manual_clock.h"
#include "harness/scripted_server.h"
#include "harness/seeded_random.h"
#include "harness/temp_folder.h"

namespace syncwatch::s3 {
namespace {

/// A repository at a store that says what a test wants.
class S3RepositoryTest : public testing::Test {
protected:
    S3RepositoryTest() : repository_({options(), {2}}, {clock_, random_, breaker_, pool_}) {}

    Exchange::Options options() const {
        Exchange::Options options;
        options.location =
            Location::parse(fmt::format("s3:http://127.0.0.1:{}/backups", server_.port())).value();
        options.credentials = []() -> Result<Credentials> { return Credentials{"A", "s"}; };
        options.attempts = 2;
        return options;
    }
    /// "PUT *" is one with the condition.
    std::vector<std::string> asked() const {
        std::vector<std::string> all;
        for (const std::string& each : server_.requests()) {
            const bool is_conditional = each.find("if-none-match: *") != each.npos;
            all.push_back(each.substr(0, each.find(' ')) + (is_conditional ? " *" : ""));
        }
        return all;
    }
    void say_there(const std::string& bytes) {
        server_.says(
            fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n"
                        "x-amz-meta-sha256: {}\r\n\r\n",
                        bytes.size(), encode_hex(sha256(as_bytes(bytes)))));
    }
    void say_nothing_there() { server_.says("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"); }

    ManualClock clock_;
    SeededRandom random_;
    CircuitBreaker breaker_{"backup"};
    ScriptedServer server_;
    net::thread_pool pool_{1};
    S3Repository repository_;
};

TEST_F(S3RepositoryTest, WhoIsFasterIsNotReplaced) {
    say_nothing_there();
    server_.says(ScriptedServer::error(412, "PreconditionFailed"));
    say_there("theirs");
    EXPECT_EQ(run_to_end(repository_.create("a", std::string("ours"))).error().code,
              ErrorCode::Conflict);
    EXPECT_EQ(asked(), (std::vector<std::string>{"HEAD", "PUT *", "HEAD"}));
}

TEST_F(S3RepositoryTest, AnAnswerThatWasLostIsFoundOutAbout) {
    say_nothing_there();
    server_.says("");  // It got through.
    server_.says(ScriptedServer::error(412, "PreconditionFailed"));
    say_there("ours");
    EXPECT_TRUE(run_to_end(repository_.create("a", std::string("ours"))));
}

TEST_F(S3RepositoryTest, AStoreThatKnowsNoConditionsIsAskedWithoutOne) {
    say_nothing_there();
    server_.says(ScriptedServer::error(501, "NotImplemented"));
    server_.says(ScriptedServer::answer(200, ""));
    EXPECT_TRUE(run_to_end(repository_.create("a", std::string("ours"))));
    EXPECT_EQ(asked(), (std::vector<std::string>{"HEAD", "PUT *", "PUT"}));
}

TEST_F(S3RepositoryTest, WhatCameWhileAFileWasSentInPartsStays) {
    const TempFolder folder;
    const auto file = folder.path() / "file";
    std::ofstream(file) << "abc";
    say_nothing_there();
    server_.says(ScriptedServer::answer(200, "<X><UploadId>u</UploadId></X>"));
    server_.says(ScriptedServer::answer(200, "", "ETag: \"1\"\r\n"));
    server_.says(ScriptedServer::answer(200, "", "ETag: \"2\"\r\n"));
    say_there("xyz");                               // before it is put together
    say_there("xyz");                               // is it the same?
    server_.says(ScriptedServer::answer(204, ""));  // aborted
    say_there("xyz");
    EXPECT_EQ(run_to_end(repository_.create_from("a", file)).error().code, ErrorCode::Conflict);
    EXPECT_EQ(asked(), (std::vector<std::string>{"HEAD", "POST", "PUT", "PUT", "HEAD", "HEAD",
                                                 "DELETE", "HEAD"}));
}

TEST_F(S3RepositoryTest, A404OfAnybodyIsNoWordOfTheStore) {
    server_.says(ScriptedServer::answer(404, "<html>no such page</html>"));
    const auto lost = run_to_end(repository_.read("a"));
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(lost.error().component, "backup");
}

}  // namespace
}  // namespace syncwatch::s3
