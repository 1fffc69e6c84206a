#include <set>
#include <sstream>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "harness/film_upload.h"
#include "harness/http_client.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

namespace json = boost::json;

std::vector<json::object> lines_of(const std::string& log) {
    std::vector<json::object> lines;
    std::istringstream in(log);
    for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line).as_object());
    return lines;
}

class LogsTest : public testing::Test {
protected:
    harness::Server start(std::string format) {
        harness::Server::Options options;
        options.arguments = {"--log-level",     "debug",       "--log-format",
                             std::move(format), "--node-name", "node-a"};
        return {folder_.path() / "data", options};
    }

    TempFolder folder_;
};

TEST_F(LogsTest, ProgramsReadJsonWithTheRequestsId) {
    auto server = start("json");
    const auto answer = harness::HttpClient(server.port()).get("/api/v1/setup");
    server.stop();
    bool seen = false;
    for (const auto& line : lines_of(server.process().err())) {
        EXPECT_TRUE(line.contains("time") && line.contains("level") && line.contains("event"));
        EXPECT_EQ(line.at("node"), "node-a");
        if (line.at("event") != "http.request") continue;
        seen = true;
        EXPECT_EQ(std::string(line.at("request").as_string()), answer.field("X-Request-Id"));
        EXPECT_EQ(line.at("path"), "/api/v1/setup");
    }
    EXPECT_TRUE(seen) << server.process().err();
}

TEST_F(LogsTest, WhatAWorkerDoesNamesTheTraceOfTheUpload) {
    auto server = start("json");
    harness::HttpClient client(server.port());
    client.as(client.account("alice"));
    const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const auto sent = harness::send_film(client, clip("ready.mp4"),
                                         {{"traceparent", "00-" + trace + "-00f067aa0ba902b7-01"}});
    harness::expect_ready(client, sent.field("SyncWatch-Video"));
    server.stop();
    std::set<std::string> events;
    for (const auto& line : lines_of(server.process().err())) {
        if (!line.contains("trace_id") || line.at("trace_id").as_string() != trace) continue;
        EXPECT_EQ(std::string(line.at("request").as_string()), sent.field("X-Request-Id"));
        events.emplace(line.at("event").as_string());
    }
    EXPECT_TRUE(events.contains("http.request"));
    EXPECT_TRUE(events.contains("transcode.begun")) << server.process().err();
}

TEST_F(LogsTest, NoSecretIsEverWritten) {
    auto server = start("human");
    harness::HttpClient client(server.port());
    std::vector<std::string> secrets = {"correct horse", "wrong horse", "popcorn", "nachos",
                                        "a secret that is no token"};
    const std::string token = client.account("alice");
    secrets.push_back(token);
    (void)client.post("/api/v1/auth/login", {{"username", "alice"}, {"password", "wrong horse"}});
    (void)client.post("/api/v1/auth/login", {{"username", "nachos"}, {"password", "popcorn"}});
    const auto login =
        client.post("/api/v1/auth/login", {{"username", "alice"}, {"password", "correct horse"}});
    secrets.push_back(login.text_at("token"));
    secrets.push_back(client.guest("Gus"));
    client.as(token);
    const auto room = client.post("/api/v1/rooms", {{"name", "Night"}, {"password", "popcorn"}});
    const std::string join = "/api/v1/rooms/" + room.text_at("code") + "/join";
    (void)client.post(join, {{"password", "nachos"}});
    const std::string ws = client.post(join, {{"password", "popcorn"}}).text_at("ws");
    secrets.push_back(ws.substr(ws.find("ticket=") + 7));
    (void)client.get(ws);
    secrets.push_back(client.post("/api/v1/invitations", json::object()).text_at("token"));
    (void)client.patch("/api/v1/me",
                       {{"password", "nachos popcorn"}, {"current_password", "wrong horse"}});
    (void)client.as("a secret that is no token").get("/api/v1/me");
    (void)client.request("POST", "/api/v1/auth/login", "{\"password\":\"nachos\"");
    server.stop();
    const std::string log = server.process().err() + server.process().out();
    EXPECT_NE(log.find("http.request"), std::string::npos) << log;
    for (const auto& secret : secrets) {
        ASSERT_GE(secret.size(), 6u);
        EXPECT_EQ(log.find(secret), std::string::npos) << secret << "\n" << log;
    }
}

}  // namespace
}  // namespace syncwatch
