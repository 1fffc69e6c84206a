#include "adapters/s3/exchange.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/s3/s3_client.h"
#include "adapters/system/system_clock.h"
#include "base/async/run_to_end.h"
#include "base/log/context_executor.h"
#include "harness/manual_clock.h"
#include "harness/scripted_server.h"
#include "harness/seeded_random.h"

namespace syncwatch::s3 {
namespace {

using namespace std::chrono_literals;

std::string summed(const std::string& bytes) {
    return fmt::format("x-amz-meta-sha256: {}\r\n", encode_hex(sha256(as_bytes(bytes))));
}

/// A store that misbehaves, and pauses that take no time.
class ExchangeTest : public testing::Test {
protected:
    Exchange::Options options() {
        Exchange::Options options;
        options.location =
            Location::parse(fmt::format("s3:http://127.0.0.1:{}/films", server_.port())).value();
        options.credentials = [this]() -> Result<Credentials> { return who_; };
        options.http.stall_patience = 1s;
        return options;
    }
    Exchange exchange(Clock& clock, Exchange::Options options) {
        return Exchange(std::move(options), Exchange::Powers{clock, random_, breaker_});
    }
    Result<std::string> get(Exchange& exchange) {
        S3Client client(exchange);
        const auto download = std::make_shared<Download>();
        return run_to_end(client.get("a", download)).map([](const ObjectFacts& facts) {
            return std::to_string(facts.size) + " " + encode_hex(*facts.sha256).substr(0, 8);
        });
    }
    Result<std::string> get() {
        Exchange asked = exchange(clock_, options());
        return get(asked);
    }
    static std::string measure(const std::string& bytes) {
        return std::to_string(bytes.size()) + " " +
               encode_hex(sha256(as_bytes(bytes))).substr(0, 8);
    }

    ManualClock clock_;
    SeededRandom random_;
    CircuitBreaker breaker_{"objects"};
    ScriptedServer server_;
    Credentials who_{"AK", "secret"};
};

TEST_F(ExchangeTest, PassingTroubleIsSatOut) {
    server_.says(ScriptedServer::error(500, "InternalError"));
    server_.says(ScriptedServer::error(503, "SlowDown"));
    server_.says("");
    server_.says("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    server_.says(ScriptedServer::error(400, "RequestTimeout"));
    server_.says(ScriptedServer::answer(200, "film", summed("film")));
    EXPECT_EQ(get().value(), measure("film"));
    EXPECT_EQ(server_.requests().size(), 6u);
    EXPECT_TRUE(breaker_.closed());
}

/// What is logged while it lives: events, and the requests that they name.
class HeardLog final : public log::Sink {
public:
    HeardLog() { log::set_sink(this, log::Level::Debug); }
    ~HeardLog() override { log::set_sink(nullptr, log::Level::Error); }
    void write(const log::Line& line) override { lines.emplace_back(line.event, line.request); }
    std::vector<std::pair<std::string, std::string>> lines;
};

TEST_F(ExchangeTest, TheStoreAndTheLogAreToldWhichRequestAsked) {
    const std::string request = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";
    server_.says(ScriptedServer::error(503, "SlowDown"));
    server_.says(ScriptedServer::answer(200, "film", summed("film")));
    Exchange asked = exchange(clock_, options());
    S3Client client(asked);
    net::io_context context;
    HeardLog heard;
    const log::ContextExecutor executor(context.get_executor(),
                                        std::make_shared<const std::string>(request));
    const auto download = std::make_shared<Download>();
    auto done =
        net::co_spawn(net::any_io_executor(executor), client.get("a", download), net::use_future);
    context.run();
    ASSERT_TRUE(done.get());
    const std::vector<std::pair<std::string, std::string>> wanted{{"objects.again", request},
                                                                  {"objects.call", request}};
    EXPECT_EQ(heard.lines, wanted);
    ASSERT_EQ(server_.requests().size(), 2u);
    for (const std::string& each : server_.requests()) {
        EXPECT_NE(each.find("traceparent: 00-" + request + "-01\r\n"), std::string::npos) << each;
        EXPECT_EQ(each.find(";traceparent"), std::string::npos) << "it is not signed";
    }
    EXPECT_TRUE(get());
    EXPECT_EQ(server_.requests().back().find("traceparent"), std::string::npos)
        << "nobody's request is none";
}

TEST_F(ExchangeTest, TroubleThatStaysEndsAndOpensTheBreaker) {
    server_.says(ScriptedServer::error(503, "SlowDown"));
    for (int i = 0; i < 3; ++i) {
        const auto refused = get();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
        EXPECT_EQ(refused.error().component, "objects");
        EXPECT_GT(refused.error().retry_after.count(), 0);
    }
    EXPECT_EQ(server_.requests().size(), 30u);
    EXPECT_FALSE(breaker_.closed());
    EXPECT_FALSE(get());
    EXPECT_EQ(server_.requests().size(), 30u) << "nobody waits in vain";
    clock_.advance(1s);
    server_.says(ScriptedServer::answer(200, "film"));
    (void)get();
    EXPECT_TRUE(breaker_.closed());
}

TEST_F(ExchangeTest, ARefusalIsNotRepeated) {
    server_.says(ScriptedServer::error(404, "NoSuchKey"));
    EXPECT_EQ(get().error().code, ErrorCode::NotFound);
    server_.says(ScriptedServer::error(403, "SignatureDoesNotMatch"));
    (void)get();
    const auto refused = get();
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
    EXPECT_NE(refused.error().message.find("secret key"), std::string::npos);
    EXPECT_EQ(server_.requests().size(), 3u);
}

TEST_F(ExchangeTest, WhatWasCutOffGoesOnWhereItStopped) {
    const std::string etag = "ETag: \"one\"\r\n";
    server_.says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n" + etag + "\r\nlong");
    server_.says("HTTP/1.1 206 Partial\r\nContent-Range: bytes 4-8/9\r\nContent-Length: 5\r\n" +
                 etag + "\r\n fi");
    server_.says("HTTP/1.1 206 Partial\r\nContent-Range: bytes 7-8/9\r\nContent-Length: 2\r\n" +
                 summed("long film") + "\r\nlm");
    EXPECT_EQ(get().value(), measure("long film"));
    const auto requests = server_.requests();
    ASSERT_EQ(requests.size(), 3u);
    EXPECT_NE(requests[2].find("range: bytes=7-"), std::string::npos);
    EXPECT_NE(requests[2].find("if-match: \"one\""), std::string::npos);
}

TEST_F(ExchangeTest, AnObjectReplacedMeanwhileIsBroughtAnew) {
    server_.says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nETag: \"one\"\r\n\r\nlong");
    server_.says(ScriptedServer::error(412, "PreconditionFailed"));
    server_.says(ScriptedServer::answer(200, "new", summed("new")));
    EXPECT_EQ(get().value(), measure("new"));
}

TEST_F(ExchangeTest, WhoDoesNotKnowRangesOrTagsSendsAllOfItAgain) {
    server_.says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nETag: \"one\"\r\n\r\nlong");
    server_.says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nlong ");
    server_.says(ScriptedServer::answer(200, "long film", summed("long film")));
    EXPECT_EQ(get().value(), measure("long film"));
}

TEST_F(ExchangeTest, APartBehindTheEndIsNotThere) {
    server_.says(ScriptedServer::error(416, "InvalidRange"));
    Exchange asked = exchange(clock_, options());
    S3Client client(asked);
    EXPECT_EQ(run_to_end(client.get_part("a", 10, 5)).error().code, ErrorCode::NotFound);
    EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(ExchangeTest, APartThatNobodyAskedForIsNoPart) {
    server_.says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nETag: \"one\"\r\n\r\nlong");
    server_.says(
        "HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-8/9\r\nContent-Length: 9\r\n\r\n"
        "long film");
    server_.says("HTTP/1.1 206 Partial\r\nContent-Range: bytes 4-8/9\r\nContent-Length: 5\r\n" +
                 summed("long film") + "\r\n film");
    EXPECT_EQ(get().value(), measure("long film"));
}

TEST_F(ExchangeTest, WrongBytesAreBroughtOnceMoreAndThenRefused) {
    server_.says(ScriptedServer::answer(200, "fihm", summed("film")));
    server_.says(ScriptedServer::answer(200, "film", summed("film")));
    EXPECT_EQ(get().value(), measure("film"));
    server_.says(ScriptedServer::answer(200, "fihm", summed("film")));
    (void)get();
    const auto corrupt = get();
    ASSERT_FALSE(corrupt);
    EXPECT_EQ(corrupt.error().code, ErrorCode::Corrupt);
}

TEST_F(ExchangeTest, WhoNeverAnswersIsGivenUpInTime) {
    SystemClock clock;
    server_.hangs();
    Exchange::Options limits = options();
    limits.deadline = 300ms;
    Exchange asked = exchange(clock, limits);
    S3Client client(asked);
    const auto refused = run_to_end(client.head("a"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
}

TEST_F(ExchangeTest, ADownloadThatStopsMovingGoesOnWithAnotherConnection) {
    server_.hangs("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nETag: \"one\"\r\n\r\nlong");
    server_.says("HTTP/1.1 206 Partial\r\nContent-Range: bytes 4-8/9\r\nContent-Length: 5\r\n" +
                 summed("long film") + "\r\n film");
    EXPECT_EQ(get().value(), measure("long film"));
}

TEST_F(ExchangeTest, KeysThatWereReplacedMeanwhileAreTried) {
    int asked = 0;
    Exchange::Options changing = options();
    changing.credentials = [&asked]() -> Result<Credentials> {
        return Credentials{++asked == 1 ? "OLD" : "NEW", "secret"};
    };
    server_.says(ScriptedServer::error(403, "InvalidAccessKeyId"));
    server_.says(ScriptedServer::answer(200, "film", summed("film")));
    Exchange rotating = exchange(clock_, changing);
    EXPECT_EQ(get(rotating).value(), measure("film"));
    EXPECT_NE(server_.requests()[0].find("Credential=OLD/"), std::string::npos);
    EXPECT_NE(server_.requests()[1].find("Credential=NEW/"), std::string::npos);
}

TEST_F(ExchangeTest, NoKeysAreTroubleThatIsSaid) {
    Exchange::Options without = options();
    without.credentials = [] { return fail(ErrorCode::InvalidInput, "/etc/keys is empty"); };
    Exchange asked = exchange(clock_, without);
    const auto refused = get(asked);
    EXPECT_EQ(refused.error().component, "objects");
    EXPECT_EQ(refused.error().message, "/etc/keys is empty");
    EXPECT_TRUE(server_.requests().empty());
}

TEST_F(ExchangeTest, AnEndedClientSaysSo) {
    SystemClock clock;
    Exchange asked = exchange(clock, options());
    asked.stop();
    EXPECT_EQ(get(asked).error().code, ErrorCode::Cancelled);
}

TEST_F(ExchangeTest, AListingThatNeverEndsIsRefused) {
    server_.says(ScriptedServer::answer(
        200,
        "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t"
        "</NextContinuationToken></ListBucketResult>"));
    Exchange asked = exchange(clock_, options());
    S3Client client(asked);
    EXPECT_EQ(run_to_end(client.list("v/")).error().code, ErrorCode::Unavailable);
    EXPECT_EQ(server_.requests().size(), 2u);
}

TEST_F(ExchangeTest, AnswersThatAreNoXmlAreTroubleAndNoMore) {
    server_.says(ScriptedServer::answer(200, "<html><p>proxy"));
    Exchange asked = exchange(clock_, options());
    S3Client client(asked);
    EXPECT_EQ(run_to_end(client.list("v/")).error().code, ErrorCode::Unavailable);
}

}  // namespace
}  // namespace syncwatch::s3
