#include "adapters/s3/file_sender.h"

#include <fstream>

#include <boost/asio/thread_pool.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/async/run_to_end.h"
#include "harness/manual_clock.h"
#include "harness/scripted_server.h"
#include "harness/seeded_random.h"
#include "harness/temp_folder.h"

namespace syncwatch::s3 {
namespace {

/// A store that misbehaves while a file of five bytes is sent in parts of two.
class FileSenderTest : public testing::Test {
protected:
    void SetUp() override {
        std::ofstream(path_) << "films";
        file_ = std::make_shared<const UniqueFd>(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
        server_.says(ScriptedServer::answer(200,
                                            "<InitiateMultipartUploadResult><UploadId>u</UploadId>"
                                            "</InitiateMultipartUploadResult>"));
    }
    void say_part(int status = 200) {
        server_.says(ScriptedServer::answer(status, "", "ETag: \"p\"\r\n"));
    }
    Result<FileSender::Sent> send() {
        Exchange::Options options;
        options.location =
            Location::parse(fmt::format("s3:http://127.0.0.1:{}/films", server_.port())).value();
        options.credentials = []() -> Result<Credentials> { return Credentials{"A", "s"}; };
        options.attempts = 3;
        Exchange exchange(options, Exchange::Powers{clock_, random_, breaker_});
        FileSender sender(exchange, pool_, FileSender::Options{2});
        return run_to_end(sender.send("film", file_));
    }
    std::vector<std::string> asked() const {
        std::vector<std::string> lines;
        for (const std::string& each : server_.requests()) {
            lines.push_back(each.substr(0, each.find(" HTTP")));
        }
        return lines;
    }

    const TempFolder folder_;
    const std::filesystem::path path_ = folder_.path() / "film";
    std::shared_ptr<const UniqueFd> file_;
    ManualClock clock_;
    SeededRandom random_;
    CircuitBreaker breaker_{"objects"};
    ScriptedServer server_;
    net::thread_pool pool_{1};
};

TEST_F(FileSenderTest, APartIsTriedAgainByItself) {
    say_part();
    say_part(500);
    say_part();
    say_part();
    server_.says(ScriptedServer::answer(200, "  <CompleteMultipartUploadResult/>"));
    EXPECT_EQ(send().value().sha256, sha256(as_bytes("films")));
    EXPECT_EQ(
        asked(),
        (std::vector<std::string>{
            "POST /films/film?uploads=", "PUT /films/film?partNumber=1&uploadId=u",
            "PUT /films/film?partNumber=2&uploadId=u", "PUT /films/film?partNumber=2&uploadId=u",
            "PUT /films/film?partNumber=3&uploadId=u", "POST /films/film?uploadId=u"}));
}

TEST_F(FileSenderTest, WhatCannotBeSentIsAborted) {
    say_part();
    server_.says(ScriptedServer::error(403, "AccessDenied"));
    server_.says("HTTP/1.1 204 No Content\r\n\r\n");
    EXPECT_EQ(send().error().code, ErrorCode::Unavailable);
    EXPECT_EQ(asked().back(), "DELETE /films/film?uploadId=u");
}

TEST_F(FileSenderTest, AnAnswerOfSuccessMayStillSayThatItFailed) {
    for (int i = 0; i < 3; ++i) say_part();
    server_.says(ScriptedServer::error(200, "InternalError"));
    server_.says("HTTP/1.1 404 Not Found\r\n\r\n");
    server_.says("HTTP/1.1 204 No Content\r\n\r\n");
    EXPECT_EQ(send().error().code, ErrorCode::Unavailable);
}

TEST_F(FileSenderTest, ACompletionWhoseAnswerWasLostIsFoundOut) {
    for (int i = 0; i < 3; ++i) say_part();
    server_.says("");
    server_.says(ScriptedServer::error(404, "NoSuchUpload"));
    const std::string sum = encode_hex(sha256(as_bytes("films")));
    server_.says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx-amz-meta-sha256: " + sum + "\r\n\r\n");
    EXPECT_TRUE(send());
    EXPECT_EQ(asked().back(), "HEAD /films/film");
}

}  // namespace
}  // namespace syncwatch::s3
