#include <chrono>
#include <csignal>
#include <random>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "harness/http_client.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using harness::ClientStream;
using harness::HttpAnswer;
using harness::HttpClient;
using harness::Server;
using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kUploads = "/api/v1/uploads";

class UploadTest : public testing::Test {
protected:
    UploadTest() { start(); }

    void start() {
        server_ = std::make_unique<Server>(folder_.path() / "data");
        client_ = std::make_unique<HttpClient>(server_->port());
        if (token_.empty()) token_ = client_->account("alice");
        client_->as(token_).with("Tus-Resumable", "1.0.0");
    }
    std::string create(std::uint64_t length, const std::string& filename = "Film.mkv") {
        const auto made = client_->request(
            "POST", kUploads, {},
            {{"Upload-Length", std::to_string(length)},
             {"Upload-Metadata", "filename " + encode_base64(as_bytes(filename))}});
        EXPECT_EQ(made.status, 201) << made.body;
        video_ = made.field("SyncWatch-Video");
        return made.field("Location");
    }
    std::uint64_t offset(const std::string& path) {
        const std::string text = client_->request("HEAD", path, {}).field("Upload-Offset");
        return text.empty() ? 0 : std::stoull(text);
    }
    /// Sends from `offset` on until the server does not take it any more.
    void send_in_vain(const std::string& path, std::uint64_t offset, const std::string& film,
                      std::chrono::milliseconds pause = 5ms) {
        std::unique_ptr<ClientStream> connection;
        try {
            connection = std::make_unique<ClientStream>(server_->to());
        } catch (const std::runtime_error&) {
            return;  // It was killed before it could be asked.
        }
        ClientStream& tab = *connection;
        std::string bytes =
            "PATCH " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token_ +
            "\r\nTus-Resumable: 1.0.0\r\nContent-Type: "
            "application/offset+octet-stream\r\nUpload-Offset: " +
            std::to_string(offset) + "\r\nContent-Length: " + std::to_string(film.size() - offset) +
            "\r\n\r\n";
        bytes += film.substr(offset);
        constexpr std::size_t kPiece = 256 * 1024;
        for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
            if (!tab.write(std::string_view(bytes).substr(at, kPiece))) return;
            std::this_thread::sleep_for(pause);
        }
        (void)tab.read();
    }

    TempFolder folder_;
    std::unique_ptr<Server> server_;
    std::unique_ptr<HttpClient> client_;
    std::string token_;
    std::string video_;
};

TEST_F(UploadTest, AServerKilledAgainAndAgainLosesNoByteThatItAcknowledged) {
    std::mt19937 random(7);
    std::string film(24 << 20, '\0');
    for (char& byte : film) byte = static_cast<char>(random());
    const std::string path = create(film.size());
    std::uint64_t acknowledged = 0;
    int kills = 0;
    for (; kills < 12 && offset(path) < film.size(); ++kills) {
        const std::uint64_t stored = offset(path);
        EXPECT_GE(stored, acknowledged);
        acknowledged = stored;
        std::thread tab([&] { send_in_vain(path, stored, film); });
        std::this_thread::sleep_for(120ms);
        acknowledged = std::max(acknowledged, offset(path));
        server_->kill();
        tab.join();
        start();
    }
    EXPECT_GE(kills, 2);
    const std::uint64_t stored = offset(path);
    EXPECT_GE(stored, acknowledged);
    if (stored < film.size()) {
        const auto last = client_->request("PATCH", path, film.substr(stored),
                                           {{"Content-Type", "application/offset+octet-stream"},
                                            {"Upload-Offset", std::to_string(stored)}});
        EXPECT_EQ(last.status, 204) << last.body;
    }
    // It is no film, but it must be the bytes that were sent: the server kept them until it looked.
    const std::string status = client_->get("/api/v1/videos/" + video_).text_at("status");
    EXPECT_NE(status, "uploading");
}

TEST_F(UploadTest, TermInTheMiddleOfAnUploadEndsTheServerAndKeepsWhatArrived) {
    const std::string film(64 << 20, 'f');
    const std::string path = create(film.size());
    std::thread tab([&] { send_in_vain(path, 0, film, 100ms); });
    for (int i = 0; i < 500 && offset(path) == 0; ++i) std::this_thread::sleep_for(10ms);
    const std::uint64_t seen = offset(path);
    EXPECT_GT(seen, 0u);
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(server_->stop(), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
    tab.join();
    start();
    EXPECT_GE(offset(path), seen);
    EXPECT_EQ(client_->get("/api/v1/videos/" + video_).text_at("status"), "uploading");
}

}  // namespace
}  // namespace syncwatch
