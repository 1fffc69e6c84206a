#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "adapters/sqlite/connection.h"
#include "base/encoding.h"
#include "harness/clips.h"
#include "harness/eventually.h"
#include "harness/http_client.h"
#include "harness/process.h"
#include "harness/temp_folder.h"
#include "harness/viewer.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using harness::ClientStream;
using harness::HttpClient;
using harness::Server;
using harness::Viewer;
using harness::WebSocketClient;

class DrainTest : public testing::Test {
protected:
    void start() {
        Server::Options options;
        // Thorough, so that it is still at work when it is to end.
        options.environment["SYNCWATCH_MEDIA_PRESET"] = "slower";
        server_ = std::make_unique<Server>(folder_.path() / "data", options);
        alice_ = std::make_unique<HttpClient>(server_->port());
        if (token_.empty()) token_ = alice_->account("alice");
        alice_->as(token_).with("Tus-Resumable", "1.0.0");
    }
    std::string make_room() {
        return alice_->post("/api/v1/rooms", {{"name", "Night"}}).text_at("code");
    }
    Viewer enter(const std::string& code, const std::string& name) {
        return {HttpClient(server_->port()).as_guest(name), code};
    }
    /// The film's id; `path` is where its upload goes on.
    std::string upload(std::string_view first, std::size_t length, std::string* path = nullptr) {
        const auto made = alice_->request(
            "POST", "/api/v1/uploads", first,
            {{"Upload-Length", std::to_string(length)},
             {"Content-Type", "application/offset+octet-stream"},
             {"Upload-Metadata", "filename " + encode_base64(as_bytes("Film.mp4"))}});
        EXPECT_EQ(made.status, 201) << made.body;
        if (path != nullptr) *path = made.field("Location");
        return made.field("SyncWatch-Video");
    }
    json::value film(const std::string& id) { return alice_->get("/api/v1/videos/" + id).json(); }
    bool wait_until_playable(const std::string& id) {
        return harness::eventually(
            [&] { return film(id).at("playable_until").to_number<double>() > 0; }, 200s);
    }
    /// SIGTERM, then how long the end took.
    std::chrono::milliseconds end_it() {
        const auto begun = std::chrono::steady_clock::now();
        EXPECT_EQ(server_->stop(), 0);
        return std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - begun);
    }

    TempFolder folder_;
    std::unique_ptr<Server> server_;
    std::unique_ptr<HttpClient> alice_;
    std::string token_;
};

TEST_F(DrainTest, EverybodyInEveryRoomIsToldAndTheEndComesInTime) {
    start();
    std::vector<Viewer> inside;
    for (int room = 0; room < 4; ++room) {
        const std::string code = make_room();
        for (int i = 0; i < 10; ++i) inside.push_back(enter(code, "Gus"));
    }
    std::thread end([&] { EXPECT_LT(end_it(), 10s); });
    for (const auto& each : inside) {
        const auto goodbye = each.socket->receive_type("goodbye");
        ASSERT_TRUE(goodbye.is_object());
        EXPECT_EQ(goodbye.at("reason"), "draining");
        EXPECT_GE(goodbye.at("retry_ms").to_number<int>(), 250);
        EXPECT_FALSE(each.socket->receive());
        EXPECT_EQ(each.socket->close_code(), 1012);
    }
    end.join();
}

TEST_F(DrainTest, WhoeverDoesNotListenDelaysNobody) {
    start();
    const std::string code = make_room();
    const auto deaf = enter(code, "Deaf");
    auto talker = enter(code, "Tom");
    const WebSocketClient dumb(server_->to(), harness::join_room(*alice_, code));  // No hello.
    ClientStream half(server_->to());
    (void)half.write("GET /api/v1/setup HTTP/1.1\r\nHost: x\r\n");
    ClientStream idle(server_->to());
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(talker.say(std::string(1500, 'x')), "ack");
    }
    EXPECT_LT(end_it(), 10s);
    EXPECT_TRUE(talker.socket->receive_type("goodbye").is_object());
}

TEST_F(DrainTest, InTheMiddleOfEverythingItEndsInTimeAndLosesNothing) {
    start();
    const std::string code = make_room();
    const std::string whole = contents_of(clip("film.mp4"));
    const std::string transcoding = upload(whole, whole.size());
    ASSERT_TRUE(wait_until_playable(transcoding));
    EXPECT_EQ(film(transcoding).at("status"), "transcoding");
    const double playable = film(transcoding).at("playable_until").to_number<double>();

    std::string path;
    const std::string uploading = upload("first", 1 << 20, &path);
    ClientStream tab(server_->to());
    (void)tab.write("PATCH " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token_ +
                    "\r\nTus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n"
                    "Upload-Offset: 5\r\nContent-Length: 1000000\r\n\r\n" +
                    std::string(1000, 'x'));
    std::atomic<bool> stop{false};
    std::thread sending([&] {
        while (!stop && tab.write(std::string(100, 'y'))) std::this_thread::sleep_for(20ms);
    });
    auto gus = enter(code, "Gus");
    EXPECT_EQ(gus.say("see you"), "ack");

    EXPECT_LT(end_it(), 10s);
    stop = true;
    sending.join();
    EXPECT_EQ(gus.socket->receive_type("goodbye").at("reason"), "draining");

    start();
    EXPECT_GE(film(transcoding).at("playable_until").to_number<double>(), playable);
    EXPECT_NE(film(transcoding).at("status"), "failed");
    EXPECT_EQ(film(uploading).at("status"), "uploading");
    EXPECT_GE(film(uploading).at("upload").at("offset").to_number<int>(), 1005);
    const auto chat = alice_->get("/api/v1/rooms/" + code + "/messages").json();
    EXPECT_EQ(chat.at("messages").at(0).at("text"), "see you");
    EXPECT_LT(end_it(), 10s);
}

TEST_F(DrainTest, ADatabaseThatIsStuckDoesNotHoldTheEndUp) {
    start();
    const std::string code = make_room();
    const auto gus = enter(code, "Gus");
    // Somebody else writes, and does not come to an end.
    auto other = sqlite::Connection::open((folder_.path() / "data/syncwatch.db").string(),
                                          sqlite::Connection::Mode::ReadWrite);
    ASSERT_TRUE(other);
    ASSERT_TRUE(other->run("BEGIN IMMEDIATE"));
    HttpClient waiting(server_->port());
    std::thread guest([&] { (void)waiting.post("/api/v1/auth/guest", {{"display_name", "Bo"}}); });
    const auto begun = std::chrono::steady_clock::now();
    const auto exit = server_->stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 11s);
    EXPECT_TRUE(exit == 0 || exit == 11) << *exit;
    guest.join();
    EXPECT_TRUE(gus.socket->receive_type("goodbye").is_object());
    ASSERT_TRUE(other->run("ROLLBACK"));
    start();
    EXPECT_EQ(alice_->get("/api/v1/rooms/" + code).status, 200);
}

}  // namespace
}  // namespace syncwatch
