#include "gateway/media/video_api.h"

#include <gtest/gtest.h>

#include "harness/media_http_world.h"

namespace syncwatch::http {
namespace {

namespace json = boost::json;
using harness::HttpAnswer;
using harness::HttpClient;

class VideoApiTest : public testing::Test {
protected:
    static std::string path(VideoId id) { return "/api/v1/videos/" + id.text(); }
    static json::object body(const HttpAnswer& answer) { return answer.json().as_object(); }

    MediaHttpWorld world_;
    const std::string admin_token_ = world_.token("root");
    const std::string ann_token_ = world_.token("ann");
    const Principal ann_ = world_.who(ann_token_).value();
    HttpClient admin_ = world_.client(admin_token_);
    HttpClient client_ = world_.client(ann_token_);
    HttpClient bob_ = world_.client(world_.token("bob"));
};

TEST_F(VideoApiTest, AReadyFilmShowsEverythingUnderItsNounAndBesideIt) {
    const VideoId film = world_.film(ann_, "film", "Film.mkv");
    world_.transcode(film);
    const auto answer = client_.get(path(film));
    ASSERT_EQ(answer.status, 200) << answer.body;
    const json::object top = body(answer);
    const json::object& video = top.at("video").as_object();
    EXPECT_EQ(top.at("id"), video.at("id"));
    EXPECT_EQ(video.at("id"), json::value(film.text()));
    EXPECT_EQ(video.at("title"), "Film");
    EXPECT_EQ(video.at("owner"), json::value(ann_.user.text()));
    EXPECT_EQ(video.at("status"), "ready");
    EXPECT_EQ(video.at("progress").to_number<double>(), 1);
    EXPECT_EQ(video.at("playable_until").to_number<double>(), 10);
    EXPECT_EQ(video.at("duration").to_number<double>(), 10);
    EXPECT_EQ(video.at("width").to_number<int>(), 1280);
    EXPECT_EQ(video.at("height").to_number<int>(), 720);
    EXPECT_EQ(video.at("frame_rate").to_number<double>(), 24);
    EXPECT_EQ(video.at("size").to_number<int>(), 4);
    EXPECT_EQ(video.at("original_kept"), true);
    EXPECT_TRUE(video.at("upload").is_null());
    EXPECT_TRUE(video.at("error").is_null());
    EXPECT_TRUE(video.at("eta_seconds").is_null());
    const json::object& rung = video.at("renditions").as_array().at(0).as_object();
    EXPECT_EQ(rung.at("name"), "720p");
    EXPECT_EQ(rung.at("bits_per_second").to_number<int>(), 2'800'000);
    EXPECT_EQ(rung.at("remuxed"), false);
    const json::object& audio = video.at("audio_tracks").as_array().at(0).as_object();
    EXPECT_EQ(audio.at("language"), "en");
    EXPECT_EQ(audio.at("default"), true);
    const std::string base = world_.links.sign(film, world_.clock.wall()).base;
    EXPECT_EQ(video.at("master"), json::value(base + "/master.m3u8"));
    EXPECT_EQ(video.at("poster"), json::value(base + "/poster.jpg"));
    EXPECT_EQ(video.at("sprite"), json::value(base + "/sprite.vtt"));
    const auto list = body(client_.get("/api/v1/videos"));
    EXPECT_EQ(list.at("videos").as_array().at(0).as_object(), video);
}

TEST_F(VideoApiTest, AnUploadIsShownAsFarAsItIs) {
    const auto made = world_.upload(ann_, 10).value();
    ASSERT_TRUE(world_.receive(ann_, made.upload.id, 0, "0123"));
    const auto video = body(client_.get(path(made.upload.video)));
    EXPECT_EQ(video.at("status"), "uploading");
    EXPECT_DOUBLE_EQ(video.at("progress").to_number<double>(), 0.4);
    EXPECT_EQ(video.at("playable_until").to_number<double>(), 0);
    EXPECT_TRUE(video.at("duration").is_null());
    EXPECT_TRUE(video.at("master").is_null());
    const auto& upload = video.at("upload").as_object();
    EXPECT_EQ(upload.at("id"), json::value(made.upload.id.text()));
    EXPECT_EQ(upload.at("offset").to_number<int>(), 4);
    EXPECT_EQ(upload.at("length").to_number<int>(), 10);
    EXPECT_TRUE(parse_rfc3339(std::string(upload.at("expires_at").as_string())));
}

TEST_F(VideoApiTest, AFilmIsRenamedCancelledTriedAgainAndDeleted) {
    const VideoId film = world_.film(ann_);
    auto answer = client_.patch(path(film), {{"title", "New"}});
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(body(answer).at("video").as_object().at("title"), "New");
    EXPECT_EQ(client_.patch(path(film), json::object()).status, 200);
    answer = client_.patch(path(film), {{"title", 5}});
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(client_.patch(path(film), {{"title", "  "}}).status, 422);

    answer = client_.post(path(film) + "/cancel", json::object());
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(body(answer).at("status"), "failed");
    EXPECT_EQ(body(answer).at("error").as_object().at("code"), "cancelled");
    answer = client_.post(path(film) + "/cancel", json::object());
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.text_at("code"), "nothing_to_cancel");
    answer = client_.post(path(film) + "/retry", json::object());
    EXPECT_EQ(body(answer).at("status"), "probing");
    EXPECT_EQ(client_.post(path(film) + "/retry", json::object()).text_at("code"), "not_failed");

    EXPECT_EQ(client_.remove(path(film)).status, 204);
    EXPECT_EQ(client_.get(path(film)).status, 404);
    EXPECT_EQ(client_.get(path(film)).text_at("code"), "not_found");
    EXPECT_TRUE(run_to_end(world_.blobs->list("videos")).value().empty());
}

TEST_F(VideoApiTest, OthersSeeNothingAndAdminsEverything) {
    const VideoId film = world_.film(ann_);
    EXPECT_EQ(world_.client().get(path(film)).status, 401);
    for (const auto& answer :
         {bob_.get(path(film)), bob_.patch(path(film), {{"title", "x"}}), bob_.remove(path(film)),
          bob_.post(path(film) + "/retry", json::object()),
          bob_.request("POST", path(film) + "/subtitles", kSrt),
          bob_.remove(path(film) + "/subtitles/x")}) {
        EXPECT_EQ(answer.status, 403);
        EXPECT_EQ(answer.text_at("code"), "forbidden");
    }
    EXPECT_TRUE(body(bob_.get("/api/v1/videos")).at("videos").as_array().empty());
    EXPECT_EQ(bob_.get("/api/v1/videos?all=1").status, 403);
    EXPECT_EQ(body(admin_.get("/api/v1/videos?all=1")).at("videos").as_array().size(), 1u);
    EXPECT_EQ(admin_.get(path(film)).status, 200);
    EXPECT_EQ(client_.get("/api/v1/videos/x").status, 404);
    EXPECT_EQ(client_.get("/api/v1/videos/01900000-0000-7000-8000-000000000001").status, 404);
}

TEST_F(VideoApiTest, SubtitlesComeAndGo) {
    const VideoId film = world_.film(ann_);
    const auto added = client_.request(
        "POST", path(film) + "/subtitles?language=en&title=Signs%20%26%20songs&filename=x.srt",
        kSrt);
    ASSERT_EQ(added.status, 201) << added.body;
    const auto track = body(added).at("subtitles").as_array().at(0).as_object();
    EXPECT_EQ(track.at("language"), "en");
    EXPECT_EQ(track.at("title"), "Signs & songs");
    EXPECT_EQ(track.at("source"), "uploaded");
    const std::string id(track.at("id").as_string());
    EXPECT_TRUE(track.at("url").as_string().ends_with("/subtitles/" + id + ".vtt"));
    EXPECT_EQ(client_.remove(path(film) + "/subtitles/" + id).status, 204);
    EXPECT_EQ(client_.remove(path(film) + "/subtitles/" + id).status, 404);
}

TEST_F(VideoApiTest, BrokenSubtitlesAreRefusedWithTheLine) {
    const VideoId film = world_.film(ann_);
    const auto wrong =
        client_.request("POST", path(film) + "/subtitles", "1\n00:00:0x,0 --> 00:00:02,0\nA\n");
    EXPECT_EQ(wrong.status, 422);
    EXPECT_EQ(wrong.text_at("code"), "bad_subtitles");
    const auto error = body(wrong).at("errors").as_array().at(0).as_object();
    EXPECT_EQ(error.at("field"), "file");
    EXPECT_EQ(error.at("message"), "line 2: this time cannot be read");
    EXPECT_EQ(client_.request("POST", path(film) + "/subtitles?language=x", kSrt).status, 422);
    EXPECT_EQ(
        client_.request("POST", path(film) + "/subtitles", std::string((5 << 20) + 1, 'x')).status,
        413);
}

}  // namespace
}  // namespace syncwatch::http
