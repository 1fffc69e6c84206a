#include "gateway/media/film_server.h"

#include <gtest/gtest.h>

#include "harness/media_http_world.h"

namespace syncwatch::http {
namespace {

using namespace std::chrono_literals;
using harness::HttpAnswer;
using harness::HttpClient;

class FilmServerTest : public testing::Test {
protected:
    std::string base(VideoId id) { return world_.links.sign(id, world_.clock.wall()).base; }
    HttpAnswer get(const std::string& name) { return player_.get(base(film_) + "/" + name); }
    /// What was read may be half a second old.
    void wait() { world_.clock.advance(1s); }

    MediaHttpWorld world_;
    const Principal ann_ = world_.account("ann");
    const VideoId film_ = world_.film(ann_);
    HttpClient player_ = world_.client();
};

TEST_F(FilmServerTest, AReadyFilmIsListedWholeToAnybodyWithTheAddress) {
    world_.transcode(film_, 4);
    const auto master = get("master.m3u8");
    ASSERT_EQ(master.status, 200) << master.body;
    EXPECT_EQ(master.field("Content-Type"), "application/vnd.apple.mpegurl");
    EXPECT_EQ(master.field("Cache-Control"), "public, max-age=60");
    EXPECT_EQ(master.body,
              "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n"
              "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"English\",LANGUAGE=\"en\","
              "DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"2\",URI=\"1/a0/index.m3u8\"\n"
              "#EXT-X-STREAM-INF:BANDWIDTH=2928000,AVERAGE-BANDWIDTH=40,"
              "CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=1280x720,FRAME-RATE=24.000,"
              "AUDIO=\"audio\"\n1/v720/index.m3u8\n"
              "#EXT-X-STREAM-INF:BANDWIDTH=1328000,AVERAGE-BANDWIDTH=40,"
              "CODECS=\"avc1.64001e,mp4a.40.2\",RESOLUTION=854x480,FRAME-RATE=24.000,"
              "AUDIO=\"audio\"\n1/v480/index.m3u8\n");
    const auto list = get("1/v720/index.m3u8");
    EXPECT_EQ(list.body,
              "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n"
              "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n"
              "#EXT-X-MAP:URI=\"init-0.mp4\"\n#EXTINF:2.000000,\n000000.m4s\n"
              "#EXTINF:2.000000,\n000001.m4s\n#EXT-X-ENDLIST\n");
    EXPECT_EQ(list.field("Cache-Control"), "public, max-age=3600");
    const auto again = player_.request("GET", base(film_) + "/1/v720/index.m3u8", {},
                                       {{"If-None-Match", list.field("ETag")}});
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(player_.request("HEAD", base(film_) + "/master.m3u8", {}).status, 200);
}

TEST_F(FilmServerTest, SegmentsComeFromTheStoreItselfAndFromHereForWhoeverGotNothingThere) {
    world_.transcode(film_, 4);
    SegmentRedirects away([](const std::string& key) { return "https://store/" + key + "?signed"; },
                          world_.clock);
    world_.send_away(away);
    const std::string segment = "videos/" + film_.text() + "/1/v720/000001.m4s";
    const auto first = get("1/v720/000001.m4s");
    EXPECT_EQ(first.status, 307);
    EXPECT_EQ(first.field("Location"), "https://store/" + segment + "?signed");
    EXPECT_EQ(first.field("Cache-Control"), "no-store");
    EXPECT_EQ(get("1/v720/000001.m4s").status, 200);
    EXPECT_EQ(get("1/v720/index.m3u8").status, 200) << "lists are written here";
    EXPECT_EQ(player_.get("/media/x/" + film_.text() + "/1/v720/000002.m4s").status, 403);
}

TEST_F(FilmServerTest, AFilmThatIsStillBeingMadeGrowsWithoutAnEnd) {
    EXPECT_EQ(get("master.m3u8").status, 404) << "nothing can be watched yet";
    wait();
    world_.transcode(film_, 10, 0);
    const auto first = get("1/a0/index.m3u8");
    ASSERT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(first.field("Cache-Control"), "public, max-age=1");
    EXPECT_NE(first.body.find("#EXT-X-PLAYLIST-TYPE:EVENT"), std::string::npos);
    EXPECT_NE(first.body.find("000000.m4s"), std::string::npos);
    EXPECT_EQ(first.body.find("000001.m4s"), std::string::npos);
    const Job job = run_to_end(world_.media.jobs()).value().at(0);
    world_.add_segments(job, 1);
    wait();
    const auto second = get("1/a0/index.m3u8");
    EXPECT_NE(second.body.find("000001.m4s"), std::string::npos);
    EXPECT_EQ(second.body.find("ENDLIST"), std::string::npos);
    EXPECT_NE(second.field("ETag"), first.field("ETag"));
    EXPECT_EQ(get("master.m3u8").field("Cache-Control"), "public, max-age=1");
}

TEST_F(FilmServerTest, NothingComesOfAFilmInTheTrashThatIsAllStillThere) {
    world_.transcode(film_, 4);
    ASSERT_EQ(get("1/v720/000001.m4s").status, 200);
    ASSERT_TRUE(run_to_end(world_.media.put_into_trash(film_, world_.clock.wall())));
    ASSERT_TRUE(run_to_end(world_.deleted().refresh()));
    for (const char* name : {"master.m3u8", "1/v720/index.m3u8", "1/v720/000001.m4s",
                             "1/a0/init-0.mp4", "poster.jpg"}) {
        EXPECT_EQ(get(name).status, 404) << name;
    }
    ASSERT_TRUE(run_to_end(world_.media.undelete(film_)));
    ASSERT_TRUE(run_to_end(world_.deleted().refresh()));
    EXPECT_EQ(get("1/v720/000001.m4s").status, 200);
}

TEST_F(FilmServerTest, SegmentsAreForGoodWithRanges) {
    world_.transcode(film_, 4);
    const auto segment = get("1/v720/000001.m4s");
    EXPECT_EQ(segment.status, 200);
    EXPECT_EQ(segment.body, "v720 1");
    EXPECT_EQ(segment.field("Content-Type"), "video/mp4");
    EXPECT_EQ(segment.field("Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_FALSE(segment.field("ETag").empty());
    EXPECT_EQ(segment.field("Accept-Ranges"), "bytes");
    const auto part =
        player_.request("GET", base(film_) + "/1/v720/000001.m4s", {}, {{"Range", "bytes=1-3"}});
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.body, "720");
    EXPECT_EQ(part.field("Content-Range"), "bytes 1-3/6");
    const auto again = player_.request("GET", base(film_) + "/1/v720/000001.m4s", {},
                                       {{"If-None-Match", segment.field("ETag")}});
    EXPECT_EQ(again.status, 304);
    const auto init = get("1/a0/init-0.mp4");
    EXPECT_EQ(init.body, "init");
    EXPECT_EQ(init.field("Content-Type"), "audio/mp4");
    EXPECT_NE(init.field("ETag"), get("1/a0/000000.m4s").field("ETag"));
    const auto head = player_.request("HEAD", base(film_) + "/1/v720/000001.m4s", {});
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.field("Content-Length"), "6");
}

TEST_F(FilmServerTest, PicturesAndSubtitlesLieBesideTheFilm) {
    world_.transcode(film_, 4);
    EXPECT_EQ(get("poster.jpg").body, "a picture");
    EXPECT_EQ(get("poster.jpg").field("Content-Type"), "image/jpeg");
    EXPECT_EQ(get("sprite-0.jpg").body, "many pictures");
    EXPECT_EQ(get("sprite.vtt").field("Content-Type"), "text/vtt; charset=utf-8");
    EXPECT_EQ(get("sprite-1.jpg").status, 404);
    const auto view = run_to_end(world_.library->add_subtitles(
        ann_, film_, VideoLibrary::NewSubtitles{"en", "English", "", kSrt}));
    const std::string id = view.value().video.subtitles[0].id;
    world_.deliver();
    wait();
    EXPECT_EQ(get("subtitles/" + id + ".vtt").body,
              "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n");
    const auto list = get("subtitles/" + id + ".m3u8");
    EXPECT_EQ(list.status, 200);
    EXPECT_NE(list.body.find("\n" + id + ".vtt\n"), std::string::npos);
    EXPECT_NE(get("master.m3u8").body.find("URI=\"subtitles/" + id + ".m3u8\""), std::string::npos);
    EXPECT_EQ(get("subtitles/other.vtt").status, 404);
    EXPECT_EQ(get("subtitles/other.m3u8").status, 404);
}

TEST_F(FilmServerTest, WithoutTheRightTokenThereIsNothing) {
    world_.transcode(film_, 4);
    const VideoId other = world_.film(ann_);
    const std::string good = base(film_);
    const std::string token = good.substr(7, good.find('/', 7) - 7);
    std::string changed = token;
    changed[10] = changed[10] == 'A' ? 'B' : 'A';
    for (const std::string& path : {"/media/x/" + film_.text() + "/master.m3u8",
                                    "/media/" + changed + "/" + film_.text() + "/master.m3u8",
                                    "/media/" + changed + "/" + film_.text() + "/1/v720/000000.m4s",
                                    "/media/" + token + "/" + other.text() + "/master.m3u8",
                                    "/media/" + token + "/nonsense/master.m3u8",
                                    "/media/" + token + "A/" + film_.text() + "/master.m3u8"}) {
        const auto refused = player_.get(path);
        EXPECT_EQ(refused.status, 403) << path;
        EXPECT_EQ(refused.text_at("code"), "bad_capability") << path;
        EXPECT_EQ(refused.field("Cache-Control"), "no-store");
        EXPECT_EQ(refused.field("Content-Type"), "application/problem+json");
    }
    world_.clock.advance(100h);
    EXPECT_EQ(player_.get(good + "/master.m3u8").status, 403) << "expired";
    EXPECT_EQ(get("master.m3u8").status, 200) << "a new address";
}

TEST_F(FilmServerTest, ThePathToAPosterOpensNothingElse) {
    world_.transcode(film_, 4);
    const std::string door =
        world_.links.sign(film_, world_.clock.wall(), MediaLinks::Opens::Poster).base + "/";
    EXPECT_EQ(player_.get(door + "poster.jpg").body, "a picture");
    for (const char* name :
         {"master.m3u8", "1/v720/index.m3u8", "1/v720/000000.m4s", "1/v720/init-0.mp4",
          "sprite.vtt", "sprite-0.jpg", "subtitles/x.vtt", "poster.jpg/../master.m3u8"}) {
        EXPECT_EQ(player_.get(door + name).text_at("code"), "bad_capability") << name;
    }
}

TEST_F(FilmServerTest, NoPathLeadsAnywhereElse) {
    world_.transcode(film_, 4);
    for (const char* name :
         {"source/original", "../source/original", "%2e%2e/source/original", "1/../source/original",
          "1/v720/..%2f..%2f..%2fsource%2foriginal", "1%2fv720%2f..%2fa0%2f000000.m4s/x",
          "subtitles/..%2f..%2fsource%2foriginal.vtt", "poster.jpg%00", "1/v720/000000.m4s%00.jpg",
          "%2fetc%2fpasswd", "1/v720/%30%30%30%30%30%31.m4s%20", ".tmp/1", "2/v720/index.m3u8",
          "1/v999/index.m3u8", "1/v720/000009.m4s", "1/v720/init-9.mp4", ""}) {
        const auto answer = get(name);
        EXPECT_TRUE(answer.status == 404 || answer.status == 400) << name;
        EXPECT_EQ(answer.body.find("film\n"), std::string::npos);
    }
    EXPECT_EQ(get("1%2Fv720/%30%30%30%30%30%31.m4s").body, "v720 1")
        << "another way to write the same path";
    EXPECT_EQ(player_.post(base(film_) + "/master.m3u8", boost::json::object()).status, 405);
}

TEST_F(FilmServerTest, AFilmThatFailsOrGoesIsNotServedAnyMore) {
    world_.transcode(film_, 10, 1);
    EXPECT_EQ(get("1/v720/000001.m4s").status, 200);
    EXPECT_EQ(get("master.m3u8").status, 200);
    ASSERT_TRUE(run_to_end(world_.library->cancel(ann_, film_)));
    world_.deliver();
    wait();
    EXPECT_EQ(get("master.m3u8").status, 404);
    EXPECT_EQ(get("1/v720/index.m3u8").status, 404);
    ASSERT_TRUE(run_to_end(world_.library->remove(ann_, film_, "")));
    world_.clock.advance(1min);
    EXPECT_EQ(get("1/v720/000001.m4s").status, 404);
    EXPECT_EQ(get("master.m3u8").status, 404);
    EXPECT_EQ(get("poster.jpg").status, 404);
}

}  // namespace
}  // namespace syncwatch::http
