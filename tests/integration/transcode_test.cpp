#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "harness/eventually.h"
#include "harness/film_upload.h"
#include "harness/http_client.h"
#include "harness/made_film.h"
#include "harness/played_stream.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using harness::eventually;
using harness::HttpAnswer;
using harness::HttpClient;
using harness::PlayedStream;
using harness::Server;

class TranscodeTest : public testing::Test {
protected:
    void start() {
        Server::Options options;
        // Thorough, so that there is time to break something while it works.
        options.environment["SYNCWATCH_MEDIA_PRESET"] = preset_;
        server_ = std::make_unique<Server>(folder_.path() / "data", options);
        client_ = std::make_unique<HttpClient>(server_->port());
        if (token_.empty()) token_ = client_->account("alice");
        client_->as(token_);
    }
    void upload(const std::filesystem::path& file) {
        video_ = harness::upload_film(*client_, file);
    }
    boost::json::value video() {
        const HttpAnswer answer = client_->get("/api/v1/videos/" + video_);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.json();
    }
    std::string status() { return std::string(video().at("status").as_string()); }
    double playable() { return video().at("playable_until").to_number<double>(); }
    bool reaches(double seconds) {
        return eventually([&] { return playable() >= seconds; }, 200s);
    }
    bool settled() {
        return eventually([&] { return status() == "ready" || status() == "failed"; }, 200s);
    }

    std::string fetch(const std::string& path) {
        const HttpAnswer answer = client_->get(path);
        EXPECT_EQ(answer.status, 200) << path;
        return answer.body;
    }
    /// Paths of the playlists behind the master one: rungs, then sound.
    std::vector<std::string> playlists() {
        const std::string master(video().at("master").as_string());
        const std::string base = master.substr(0, master.rfind('/') + 1);
        std::istringstream lines(fetch(master));
        std::vector<std::string> rungs;
        std::vector<std::string> sounds;
        for (std::string line; std::getline(lines, line);) {
            const std::size_t uri = line.find("URI=\"");
            if (line.starts_with("#EXT-X-MEDIA:TYPE=AUDIO") && uri != std::string::npos) {
                const std::string rest = line.substr(uri + 5);
                sounds.push_back(base + rest.substr(0, rest.find('"')));
            } else if (!line.empty() && !line.starts_with('#')) {
                rungs.push_back(base + line);
            }
        }
        rungs.insert(rungs.end(), sounds.begin(), sounds.end());
        return rungs;
    }
    std::vector<PlayedStream> all_played() {
        std::vector<PlayedStream> all;
        for (const std::string& each : playlists()) all.push_back(harness::played(*client_, each));
        return all;
    }
    /// Every frame once and in order in both rungs, every second's tone in its place.
    void expect_whole() {
        const auto streams = all_played();
        ASSERT_EQ(streams.size(), 3u);
        for (std::size_t rung = 0; rung < 2; ++rung) {
            EXPECT_NE(streams[rung].playlist.find("#EXT-X-ENDLIST"), std::string::npos);
            const auto seen = frames_in(streams[rung].bytes());
            ASSERT_EQ(seen.size(), 192u);
            for (std::size_t i = 0; i < seen.size(); ++i) {
                ASSERT_EQ(seen[i].number, static_cast<int>(i));
                ASSERT_NEAR(seen[i].at, static_cast<double>(i) / 24, 0.0005);
            }
        }
        const auto beeps = beeps_in(streams[2].bytes());
        ASSERT_EQ(beeps.size(), 8u);
        for (std::size_t i = 1; i < beeps.size(); ++i) {
            EXPECT_NEAR(beeps[i], static_cast<double>(i), 0.002);
        }
    }
    /// Encoders that work for this test's server.
    std::vector<pid_t> encoders() {
        std::vector<pid_t> found;
        for (const auto& each : std::filesystem::directory_iterator("/proc")) {
            const std::string name = each.path().filename().string();
            if (name.find_first_not_of("0123456789") != std::string::npos) continue;
            const std::string command = contents_of(each.path() / "cmdline");
            if (command.find("ffmpeg") != std::string::npos &&
                command.find(folder_.path().string()) != std::string::npos) {
                found.push_back(std::stoi(name));
            }
        }
        return found;
    }

    TempFolder folder_;
    std::string preset_ = "slower";
    std::unique_ptr<Server> server_;
    std::unique_ptr<HttpClient> client_;
    std::string token_;
    std::string video_;
};

TEST_F(TranscodeTest, AServerKilledAgainAndAgainGoesOnWithTheNextFrame) {
    start();
    upload(clip("film.mp4"));
    std::vector<PlayedStream> before;
    for (const double reached : {2.0, 4.0}) {
        ASSERT_TRUE(reaches(reached));
        ASSERT_EQ(status(), "transcoding");
        before = all_played();
        server_->kill();
        EXPECT_TRUE(eventually([&] { return encoders().empty(); }, 10s)) << "they die with it";
        start();
        EXPECT_GE(playable(), reached) << "nothing is lost";
    }
    ASSERT_TRUE(settled());
    ASSERT_EQ(status(), "ready");
    EXPECT_DOUBLE_EQ(video().at("duration").to_number<double>(), 8);
    expect_whole();
    const auto after = all_played();
    for (std::size_t stream = 0; stream < before.size(); ++stream) {
        EXPECT_EQ(before[stream].init, after[stream].init);
        for (std::size_t i = 0; i < before[stream].segments.size(); ++i) {
            EXPECT_TRUE(before[stream].segments[i] == after[stream].segments[i])
                << "segment " << i << " of stream " << stream << " was made again";
        }
    }
}

TEST_F(TranscodeTest, TermStopsTheEncoderAtOnceAndTheNextStartGoesOn) {
    start();
    upload(clip("film.mp4"));
    ASSERT_TRUE(reaches(2));
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(server_->stop(), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
    EXPECT_TRUE(encoders().empty());
    start();
    // The lease was given back, so nobody waits for its end.
    EXPECT_TRUE(eventually([&] { return !encoders().empty(); }, 10s));
    ASSERT_TRUE(settled());
    ASSERT_EQ(status(), "ready");
    expect_whole();
}

TEST_F(TranscodeTest, AKilledEncoderIsStartedAgain) {
    start();
    upload(clip("film.mp4"));
    ASSERT_TRUE(reaches(2));
    for (const pid_t each : encoders()) ::kill(each, SIGKILL);
    ASSERT_TRUE(settled());
    ASSERT_EQ(status(), "ready");
    expect_whole();
}

TEST_F(TranscodeTest, WhatIsNoFilmIsSaidInPlainWordsAndCanBeTriedWithAnother) {
    preset_ = "auto";
    start();
    upload(clip("text.mp4"));
    ASSERT_TRUE(settled());
    const auto failed = video();
    EXPECT_EQ(failed.at("status"), "failed");
    EXPECT_EQ(failed.at("error").at("code"), "not_a_video");
    EXPECT_FALSE(failed.at("error").at("message").as_string().empty());
    upload(clip("multi.mkv"));
    ASSERT_TRUE(settled());
    const auto film = video();
    ASSERT_EQ(film.at("status"), "ready");
    EXPECT_EQ(film.at("audio_tracks").as_array().size(), 3u);
    EXPECT_EQ(film.at("subtitles").as_array().size(), 3u);
    EXPECT_EQ(fetch(std::string(film.at("poster").as_string())).substr(0, 2), "\xff\xd8");
    EXPECT_TRUE(fetch(std::string(film.at("sprite").as_string())).starts_with("WEBVTT"));
}

}  // namespace
}  // namespace syncwatch
