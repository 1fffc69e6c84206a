#include <csignal>
#include <thread>

#include <gtest/gtest.h>

#include "harness/http_client.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using harness::HttpClient;
using harness::Server;

class LifecycleTest : public testing::Test {
protected:
    std::filesystem::path data() const { return folder_.path() / "data"; }

    TempFolder folder_;
};

TEST_F(LifecycleTest, TermEndsItCleanlyAndQuickly) {
    Server server(data());
    EXPECT_EQ(HttpClient(server.port()).get("/api/v1/setup").status, 200);
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(server.stop(), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
}

TEST_F(LifecycleTest, AnInterruptEndsItToo) {
    Server server(data());
    server.process().signal(SIGINT);
    EXPECT_EQ(server.process().wait(20s), 0);
}

TEST_F(LifecycleTest, AccountsAndRoomsSurviveAKill) {
    std::string token;
    std::string code;
    {
        Server server(data());
        HttpClient client(server.port());
        token = client.account("alice");
        code = client.as(token).post("/api/v1/rooms", {{"name", "Film night"}}).text_at("code");
        server.kill();
    }
    Server again(data());
    HttpClient client(again.port());
    const auto room = client.as(token).get("/api/v1/rooms/" + code);
    EXPECT_EQ(room.status, 200);
    EXPECT_EQ(room.text_at("name"), "Film night");
    EXPECT_EQ(room.json().at("mine"), true);
}

TEST_F(LifecycleTest, TermWhileRequestsAreUnderWayLosesNoAnswer) {
    Server::Options generous;
    // A quick machine would reach the usual limits within the test.
    generous.environment = {{"SYNCWATCH_LIMITS_GUEST", "1000000 at once, 1000/s"},
                            {"SYNCWATCH_LIMITS_ADDRESS", "1000000 at once, 1000/s"}};
    Server server(data(), generous);
    std::atomic<bool> stop{false};
    std::mutex mutex;  // Guards what follows.
    std::vector<std::string> made;
    std::vector<std::string> refused;
    const auto ask = [&] {
        try {
            while (!stop) {
                const auto answer =
                    HttpClient(server.port()).post("/api/v1/auth/guest", {{"display_name", "Gus"}});
                if (answer.status == 0) continue;
                const std::lock_guard lock(mutex);
                if (answer.status == 201) {
                    made.push_back(answer.text_at("token"));
                } else {
                    refused.push_back(answer.body);
                }
            }
        } catch (const std::runtime_error&) {
            return;  // It listens no more.
        }
    };
    std::vector<std::thread> askers;
    for (int i = 0; i < 4; ++i) askers.emplace_back(ask);
    std::this_thread::sleep_for(300ms);
    EXPECT_EQ(server.stop(), 0);
    stop = true;
    for (auto& each : askers) each.join();
    EXPECT_EQ(refused, std::vector<std::string>());
    EXPECT_FALSE(made.empty());
    Server again(data(), generous);
    HttpClient client(again.port());
    for (const auto& token : made) EXPECT_EQ(client.as(token).get("/api/v1/me").status, 200);
}

TEST_F(LifecycleTest, APortThatIsTakenIsSaidAndNothingIsServed) {
    Server server(data());
    const auto ran = harness::run_syncwatch({"serve", "--server-listen",
                                             "127.0.0.1:" + std::to_string(server.port()),
                                             "--data-dir", (folder_.path() / "other").string()});
    EXPECT_EQ(ran.exit, 3);
    EXPECT_NE(ran.err.find("syncwatch: listen on 127.0.0.1:"), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find("\nHINT: "), std::string::npos) << ran.err;
}

}  // namespace
}  // namespace syncwatch
