#include <csignal>

#include <gtest/gtest.h>

#include "harness/certificate.h"
#include "harness/http_client.h"
#include "harness/process.h"
#include "harness/temp_folder.h"
#include "harness/viewer.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using harness::HttpClient;
using harness::Viewer;
using harness::WebSocketClient;

class RoomsTest : public testing::Test {
protected:
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
        gus.as_guest("Gus");
        const Viewer a(alice, code);
        EXPECT_EQ(a.welcome.at("room").at("code").as_string(), code);
        Viewer g(gus, code);
        EXPECT_EQ(g.say("hello"), "ack");
        EXPECT_EQ(a.socket->receive_type("chat").at("message").at("text"), "hello");
        EXPECT_EQ(alice.get("/api/v1/rooms/" + code).json().at("present").to_number<int>(), 2);
        server.kill();
    }
    harness::Server again(data());
    HttpClient alice(again.port());
    alice.as(token);
    const auto history = alice.get("/api/v1/rooms/" + code + "/messages").json();
    ASSERT_EQ(history.at("messages").as_array().size(), 1u);
    EXPECT_EQ(history.at("messages").at(0).at("text"), "hello");
    EXPECT_EQ(Viewer(alice, code).welcome.at("messages").as_array().size(), 1u);
}

TEST_F(RoomsTest, AStopSaysGoodbyeAndClosesWithRestart) {
    harness::Server server(data());
    HttpClient alice(server.port());
    alice.as(alice.account("alice"));
    const std::string code = alice.post("/api/v1/rooms", {{"name", "Night"}}).text_at("code");
    const auto socket = Viewer(alice, code).socket;
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
    Viewer a(alice, code);
    const Viewer b(alice, code);
    for (int i = 0; i < 20; ++i) {
        const std::string id = "m" + std::to_string(i);
        EXPECT_EQ(a.say(std::string(1000, 'x') + id), "ack");
        EXPECT_TRUE(b.socket->receive_type("chat").at("message").at("text").as_string().ends_with(
            "x" + id));
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
