#include "gateway/http/server.h"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/async/offload.h"
#include "base/log/log.h"

namespace syncwatch::http {
namespace {

using namespace std::chrono_literals;
using tcp = net::ip::tcp;

class FixedRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> out) override {
        for (auto& byte : out) byte = 7;
    }
};

net::awaitable<Response> hello(Request& request) {
    Response response;
    response.body = "hello " + std::string(request.parameter("name"));
    co_return response;
}

net::awaitable<Response> echo(Request& request) {
    Response response;
    auto body = co_await request.body->read_all(1000);
    if (!body) response.status = body.error().code == ErrorCode::TooLarge ? 413 : 400;
    if (body) response.body = std::move(*body);
    co_return response;
}

net::awaitable<Response> who(Request& request) {
    Response response;
    response.body = request.remote_address + (request.tls ? " https" : " http");
    co_return response;
}

net::awaitable<Response> broken(Request&) {
    throw std::runtime_error("broken");
    co_return Response{};
}

net::awaitable<Response> slow(Request&) {
    net::steady_timer timer(co_await net::this_coro::executor, 300ms);
    co_await timer.async_wait(net::use_awaitable);
    co_return Response{};
}

/// Logs before and after it waits.
net::awaitable<Response> logs(Request&) {
    log::info("before");
    net::steady_timer timer(co_await net::this_coro::executor, 1ms);
    co_await timer.async_wait(net::use_awaitable);
    log::info("after");
    co_return Response{};
}

/// Keeps "event request" of every line.
class KeptLog final : public log::Sink {
public:
    KeptLog() { log::set_sink(this, log::Level::Info); }
    ~KeptLog() override { log::set_sink(nullptr, log::Level::Error); }
    void write(const log::Line& line) override {
        const std::lock_guard lock(mutex_);
        lines_.push_back(std::string(line.event) + " " + std::string(line.request));
    }
    std::vector<std::string> lines() {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

private:
    std::mutex mutex_;
    std::vector<std::string> lines_;
};

net::awaitable<Response> big(Request&) {
    Response response;
    const int fd = ::open("/proc/self/exe", O_RDONLY);
    response.body = FileBody{UniqueFd(fd), 0, 1'000'000};
    co_return response;
}

net::awaitable<Response> lost(Request&) {
    Response response;
    response.status = 404;
    response.body = "lost";
    co_return response;
}

class ServerTest : public testing::Test {
protected:
    ServerTest() : server_(shards_, router_, random_, options()) {
        router_.add(Method::Get, "/hello/{name}", hello);
        router_.add(Method::Post, "/echo", echo);
        router_.add(Method::Get, "/who", who);
        router_.add(Method::Get, "/broken", broken);
        router_.add(Method::Get, "/slow", slow, {50ms});
        router_.add(Method::Get, "/patient", slow);
        router_.add(Method::Get, "/big", big);
        router_.add(Method::Get, "/logs", logs);
        router_.set_fallback(lost);
        EXPECT_TRUE(server_.listen());
        server_.start();
        shards_.run();
    }
    ~ServerTest() override {
        server_.drain(1s);
        shards_.stop();
    }
    static Server::Options options() {
        Server::Options options;
        options.port = 0;
        options.limits.header_bytes = 1024;
        options.limits.header = 1s;
        return options;
    }

    /// Sends `bytes`, then reads until the server closes.
    std::string exchange(std::string_view bytes) { return exchange(bytes, server_.port()); }
    static std::string exchange(std::string_view bytes, std::uint16_t port) {
        net::io_context context;
        tcp::socket socket(context);
        socket.connect({net::ip::address_v4::loopback(), port});
        boost::system::error_code ignored;
        net::write(socket, net::buffer(bytes), ignored);
        std::string answer;
        net::read(socket, net::dynamic_buffer(answer), ignored);
        return answer;
    }
    static int status(const std::string& answer) {
        return answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0;
    }

    Shards shards_{2};
    Router router_;
    FixedRandom random_;
    Server server_;
};

TEST_F(ServerTest, RequestsOfOneConnectionAreAnsweredInOrder) {
    const std::string answer = exchange(
        "GET /hello/a HTTP/1.1\r\nHost: x\r\n\r\nGET /hello/b%20c HTTP/1.1\r\nHost: x\r\n"
        "Connection: close\r\n\r\n");
    const auto a = answer.find("hello a");
    const auto b = answer.find("hello b c");
    EXPECT_NE(a, std::string::npos);
    EXPECT_NE(b, std::string::npos);
    EXPECT_LT(a, b);
}

TEST_F(ServerTest, WhatNoRouteFitsGoesToTheFallbackButAWrongMethodStaysOne) {
    EXPECT_TRUE(exchange("GET /x HTTP/1.1\r\nConnection: close\r\n\r\n").ends_with("lost"));
    EXPECT_TRUE(exchange("POST /x HTTP/1.1\r\nConnection: close\r\n\r\n").ends_with("lost"));
    EXPECT_EQ(status(exchange("PUT /hello/a HTTP/1.1\r\nConnection: close\r\n\r\n")), 405);
}

TEST_F(ServerTest, EveryLineOfARequestNamesItAlsoAfterAWait) {
    KeptLog kept;
    const std::string answer = exchange("GET /logs HTTP/1.1\r\nConnection: close\r\n\r\n");
    const std::size_t at = answer.find("X-Request-Id: ") + 14;
    const std::string id = answer.substr(at, answer.find("\r\n", at) - at);
    EXPECT_EQ(kept.lines(), (std::vector<std::string>{"before " + id, "after " + id}));
}

TEST_F(ServerTest, ARequestJoinsTheTraceOfItsClient) {
    const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const std::string parent = "traceparent: 00-" + trace + "-00f067aa0ba902b7-01\r\n";
    const auto id_of = [&](const std::string& fields) {
        const std::string answer =
            exchange("GET /hello/a HTTP/1.1\r\n" + fields + "Connection: close\r\n\r\n");
        const std::size_t at = answer.find("X-Request-Id: ") + 14;
        return answer.substr(at, answer.find("\r\n", at) - at);
    };
    const std::string id = id_of(parent);
    EXPECT_EQ(id.size(), 32U + 1 + 16);
    EXPECT_TRUE(id.starts_with(trace + "-")) << id;
    EXPECT_FALSE(id_of("traceparent: 00-x\r\n").starts_with(trace));
}

TEST_F(ServerTest, EveryAnswerForbidsInlineScript) {
    const std::string answer = exchange("GET /hello/a HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_NE(answer.find("Content-Security-Policy: default-src 'self'; script-src 'self';"),
              std::string::npos);
    EXPECT_NE(answer.find("X-Request-Id: "), std::string::npos);
}

TEST_F(ServerTest, ABodyComesWholeAlsoInChunks) {
    EXPECT_TRUE(
        exchange("POST /echo HTTP/1.1\r\nConnection: close\r\nContent-Length: 5\r\n\r\nabcde")
            .ends_with("abcde"));
    EXPECT_TRUE(exchange("POST /echo HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked"
                         "\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
                    .ends_with("abcde"));
}

TEST_F(ServerTest, ContinueIsSentBeforeABodyIsRead) {
    const std::string answer = exchange(
        "POST /echo HTTP/1.1\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2"
        "\r\n\r\nhi");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200"));
}

TEST_F(ServerTest, WhatCannotBeServedIsAProblemDocument) {
    EXPECT_EQ(status(exchange("GET /nowhere HTTP/1.1\r\nConnection: close\r\n\r\n")), 404);
    const std::string wrong = exchange("DELETE /hello/a HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(status(wrong), 405);
    EXPECT_NE(wrong.find("Allow: GET, HEAD\r\n"), std::string::npos);
    EXPECT_NE(wrong.find("application/problem+json"), std::string::npos);
    EXPECT_EQ(status(exchange("GARBAGE\r\n\r\n")), 400);
    EXPECT_EQ(status(exchange("GET /%zz HTTP/1.1\r\n\r\n")), 400);
    EXPECT_EQ(
        status(exchange("GET /hello/a HTTP/1.1\r\nX: " + std::string(2000, 'x') + "\r\n\r\n")),
        431);
}

TEST_F(ServerTest, ARequestWhoseEndCanBeReadInTwoWaysIsRefused) {
    const std::string two = "\r\n\r\n0\r\n\r\nGET /hello/smuggled HTTP/1.1\r\n\r\n";
    for (const char* fields :
         {"Content-Length: 5\r\nTransfer-Encoding: chunked",
          "Transfer-Encoding: chunked\r\nContent-Length: 5",
          "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5, 6", "Content-Length: +5",
          "Content-Length : 5", "Transfer-Encoding: chunked\r\n Content-Length: 5",
          "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: gzip",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"}) {
        const std::string answer =
            exchange("POST /echo HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + two);
        EXPECT_EQ(status(answer), 400) << fields;
        EXPECT_EQ(answer.find("hello"), std::string::npos) << fields;
    }
}

TEST_F(ServerTest, OnlyATrustedProxySaysWhoItsClientIs) {
    const std::string_view request =
        "GET /who HTTP/1.1\r\nX-Forwarded-For: 198.51.100.1, 192.0.2.7\r\n"
        "X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n";
    EXPECT_TRUE(exchange(request).ends_with("\r\n\r\n127.0.0.1 http"));
    Server::Options trusting = options();
    trusting.trusted_proxies = {"127.0.0.1"};
    Server second(shards_, router_, random_, trusting);
    ASSERT_TRUE(second.listen());
    second.start();
    EXPECT_TRUE(exchange(request, second.port()).ends_with("\r\n\r\n192.0.2.7 https"))
        << "what the client itself wrote before that is not believed";
    // HAProxy's own line comes behind the client's.
    const std::string_view two_lines =
        "GET /who HTTP/1.1\r\nX-Forwarded-For: 198.51.100.1\r\nX-Forwarded-Proto: https\r\n"
        "X-Forwarded-Proto: http\r\nX-Forwarded-For: 192.0.2.7\r\nConnection: close\r\n\r\n";
    EXPECT_TRUE(exchange(two_lines, second.port()).ends_with("\r\n\r\n192.0.2.7 http"));
    second.drain(1s);
    Server::Options network = options();
    network.trusted_proxies = {"10.0.0.0/8", "127.0.0.0/8"};
    Server third(shards_, router_, random_, network);
    ASSERT_TRUE(third.listen());
    third.start();
    EXPECT_TRUE(exchange(request, third.port()).ends_with("\r\n\r\n192.0.2.7 https"));
    third.drain(1s);
}

TEST_F(ServerTest, AFaultIs500AndASlowHandlerIs503) {
    EXPECT_EQ(status(exchange("GET /broken HTTP/1.1\r\nConnection: close\r\n\r\n")), 500);
    const std::string late = exchange("GET /slow HTTP/1.1\r\n\r\n");
    EXPECT_EQ(status(late), 503);
}

TEST_F(ServerTest, AHeadThatNeverEndsIsCutOff) {
    EXPECT_EQ(status(exchange("GET /hello/a HTTP/1.1\r\nX: never")), 0);
}

TEST_F(ServerTest, AnAnswerReachesAClientThatIsStillSending) {
    const std::string film(4'000'000, 'f');
    for (const char* path : {"/echo", "/nowhere"}) {
        net::io_context context;
        tcp::socket socket(context);
        socket.connect({net::ip::address_v4::loopback(), server_.port()});
        const std::string head =
            fmt::format("POST {} HTTP/1.1\r\nContent-Length: {}\r\n\r\n", path, film.size());
        boost::system::error_code reset;
        net::write(socket, net::buffer(head), reset);
        net::write(socket, net::buffer(film), reset);
        EXPECT_FALSE(reset) << path << ": the client may send to the end";
        std::string answer;
        net::read(socket, net::dynamic_buffer(answer), reset);
        EXPECT_EQ(reset, net::error::eof) << path;
        EXPECT_EQ(status(answer), path == std::string("/echo") ? 413 : 404);
    }
}

TEST_F(ServerTest, AFileIsSentWholeAndHeadSendsNone) {
    EXPECT_GT(exchange("GET /big HTTP/1.1\r\nConnection: close\r\n\r\n").size(), 1'000'000u);
    const std::string head = exchange("HEAD /big HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_NE(head.find("Content-Length: 1000000"), std::string::npos);
    EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST_F(ServerTest, ARequestThatCameInWhileItDrainsIsFinished) {
    net::io_context context;
    tcp::socket socket(context);
    socket.connect({net::ip::address_v4::loopback(), server_.port()});
    net::write(socket, net::buffer(std::string_view("GET /patient HTTP/1.1\r\n")));
    std::this_thread::sleep_for(100ms);
    std::thread drain([this] { server_.drain(10s); });
    std::this_thread::sleep_for(10ms);
    net::write(socket, net::buffer(std::string_view("\r\n")));
    std::string answer;
    boost::system::error_code failed;
    net::read(socket, net::dynamic_buffer(answer), failed);
    drain.join();
    EXPECT_EQ(status(answer), 200) << answer;
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
}

TEST_F(ServerTest, ATakenPortIsSaid) {
    Server::Options options;
    options.port = server_.port();
    Server second(shards_, router_, random_, options);
    const auto listening = second.listen();
    ASSERT_FALSE(listening);
    EXPECT_EQ(listening.error().reason, "port_taken");
}

}  // namespace
}  // namespace syncwatch::http
