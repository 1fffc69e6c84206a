#include <csignal>

#include <gtest/gtest.h>

#include "harness/certificate.h"
#include "harness/http_client.h"
#include "harness/process.h"
#include "harness/temp_folder.h"
#include "harness/websocket_client.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using harness::HttpClient;
using harness::WebSocketClient;

class RoomsTest : public testing::Test {
protected:
    /// An open socket inside the room, behind its welcome.
    static std::unique_ptr<WebSocketClient> enter(harness::Server& server, HttpClient& client,
                                                  const std::string& code) {
        const auto joined = client.post("/api/v1/rooms/" + code + "/join", json::object());
        EXPECT_EQ(joined.status, 200) << joined.body;
        auto socket = std::make_unique<WebSocketClient>(server.to(), joined.text_at("ws"));
        EXPECT_TRUE(socket->is_open()) << socket->refusal().body;
        socket->send({{"type", "hello"}, {"protocol", 1}});
        return socket;
    }
    std::string data() const { return (folder_.path() / "data").string(); }

    TempFolder folder_;
};

TEST_F(RoomsTest, WhatIsSaidIsHeardAndSurvivesAKill) {
    std::string token;
    std::string code;
    {
        harness::Server server(data());
        HttpClient alice(server.port());
        token = alice.account("alice");
        code = alice.as(token).post("/api/v1/rooms", {{"name", "Night"}}).text_at("code");
        HttpClient gus(server.port());
        gus.as(gus.guest("Gus"));
        const auto a = enter(server, alice, code);
        EXPECT_EQ(a->receive_type("welcome").at("room").at("code").as_string(), code);
        const auto g = enter(server, gus, code);
        EXPECT_TRUE(g->receive_type("welcome").is_object());
        g->send({{"type", "chat"}, {"id", "m1"}, {"text", "hello"}});
        EXPECT_EQ(a->receive_type("chat").at("message").at("text"), "hello");
        EXPECT_EQ(g->receive_type("ack").at("id"), "m1");
        EXPECT_EQ(alice.get("/api/v1/rooms/" + code).json().at("present").to_number<int>(), 2);
        server.kill();
    }
    harness::Server again(data());
    HttpClient alice(again.port());
    alice.as(token);
    const auto history = alice.get("/api/v1/rooms/" + code + "/messages").json();
    ASSERT_EQ(history.at("messages").as_array().size(), 1u);
    EXPECT_EQ(history.at("messages").at(0).at("text"), "hello");
    const auto welcome = enter(again, alice, code)->receive_type("welcome");
    EXPECT_EQ(welcome.at("messages").as_array().size(), 1u);
}

TEST_F(RoomsTest, AStopSaysGoodbyeAndClosesWithRestart) {
    harness::Server server(data());
    HttpClient alice(server.port());
    alice.as(alice.account("alice"));
    const std::string code = alice.post("/api/v1/rooms", {{"name", "Night"}}).text_at("code");
    const auto socket = enter(server, alice, code);
    EXPECT_TRUE(socket->receive_type("welcome").is_object());
    const auto begun = std::chrono::steady_clock::now();
    server.process().signal(SIGTERM);
    const auto goodbye = socket->receive_type("goodbye");
    ASSERT_TRUE(goodbye.is_object());
    EXPECT_EQ(goodbye.at("reason"), "draining");
    EXPECT_FALSE(socket->receive());
    EXPECT_EQ(socket->close_code(), 1012);
    EXPECT_EQ(server.process().wait(), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
}

TEST_F(RoomsTest, RoomsWorkOverTlsInTheProcess) {
    const auto made = harness::make_certificate(folder_.path());
    harness::Server::Options options;
    options.tls = true;
    options.authority_file = made.certificate.string();
    options.arguments = {"--tls-cert", made.certificate.string(), "--tls-key", made.key.string()};
    harness::Server server(data(), options);
    HttpClient alice(server.to());
    alice.as(alice.account("alice"));
    const std::string code = alice.post("/api/v1/rooms", {{"name", "Night"}}).text_at("code");
    const auto a = enter(server, alice, code);
    const auto b = enter(server, alice, code);
    EXPECT_TRUE(a->receive_type("welcome").is_object());
    EXPECT_TRUE(b->receive_type("welcome").is_object());
    for (int i = 0; i < 20; ++i) {
        const std::string id = "m" + std::to_string(i);
        a->send({{"type", "chat"}, {"id", id}, {"text", std::string(1000, 'x') + id}});
        EXPECT_EQ(a->receive_type("ack").at("id").as_string(), id);
        EXPECT_TRUE(
            b->receive_type("chat").at("message").at("text").as_string().ends_with("x" + id));
    }
    EXPECT_EQ(server.stop(), 0);
}

TEST_F(RoomsTest, AnUpgradeWithoutAGoodTicketIsAProblemDocument) {
    harness::Server server(data());
    HttpClient alice(server.port());
    alice.as(alice.account("alice"));
    const std::string path =
        "/api/v1/rooms/" + alice.post("/api/v1/rooms", {{"name", "x"}}).text_at("code") + "/ws";
    for (const char* query : {"", "?ticket=", "?ticket=nonsense"}) {
        const WebSocketClient socket(server.to(), path + query);
        EXPECT_FALSE(socket.is_open());
        EXPECT_EQ(socket.refusal().status, 401);
        EXPECT_EQ(socket.refusal().text_at("code"), "bad_ticket");
    }
}

}  // namespace
}  // namespace syncwatch
