// What strangers upload that is no film, and what must never happen then.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/unique_fd.h"
#include "domain/transcode/failure.h"
#include "harness/ffmpeg_world.h"
#include "harness/nasty_files.h"

namespace syncwatch::ffmpeg {
namespace {

class BadFilesTest : public FfmpegWorld {
protected:
    std::filesystem::path written(const std::string& name, std::string_view bytes) {
        const auto file = folder_.path() / name;
        write_file(file, bytes);
        return file;
    }
    /// As if probing had let it through.
    Error forced(const std::filesystem::path& file) {
        MadeFilm film;
        const auto end = run_to_end(transcoder_.run(whole_run(file, plan_of("silent.mp4")), film));
        EXPECT_FALSE(end) << file;
        EXPECT_TRUE(film.streams.empty()) << file;
        return end ? Error() : end.error();
    }
};

TEST_F(BadFilesTest, EachIsRefusedForWhatItIs) {
    const std::pair<const char*, const char*> rows[] = {
        {"empty.mp4", "empty"},
        {"text.mp4", "not_a_video"},
        {"noise.mp4", "not_a_video"},
        {"cover.png", "not_a_video"},
        {"english.srt", "not_a_video"},
        {"sound-only.m4a", "no_video"},
        {"cover.mp3", "no_video"},
        {"cut-without-index.mp4", "damaged"},
        {"cut-half.mp4", "damaged"},
        {"thirteen-hours.mp4", "too_long"},
        {"cut-end.mp4", ""},
        {"cut-half.mkv", ""},
        {"film.mp4", ""},
    };
    for (const auto& [name, reason] : rows) EXPECT_EQ(refusal(clip(name)), reason) << name;
    EXPECT_EQ(refusal(folder_.path() / "nothing"), "original_missing");
}

TEST_F(BadFilesTest, TwentyThousandPixelsASideAreRefusedBeforeAnythingIsDecoded) {
    EXPECT_EQ(refusal(written("giant.avi", giant_avi())), "too_many_pixels");
}

TEST_F(BadFilesTest, ZeroFramesASecondBecomeTwentyFive) {
    const auto file = written("zero.avi", zero_rate_avi());
    const auto report = run_to_end(transcoder_.probe(file));
    ASSERT_TRUE(report);
    const TranscodePlan plan = make_plan(*report, {});
    EXPECT_EQ(plan.rate.text(), "25");
    MadeFilm film;
    EXPECT_TRUE(run_to_end(transcoder_.run(whole_run(file, plan), film)));
}

TEST_F(BadFilesTest, AHeadThatSaysThreeHoursDoesNotMakeTwoSecondsLonger) {
    const auto file = written("three-hours.mp4", three_hours_of_mp4());
    const auto report = run_to_end(transcoder_.probe(file));
    ASSERT_TRUE(report);
    EXPECT_NEAR(static_cast<double>(make_plan(*report, {}).duration.count()), 2e6, 1e5);
}

TEST_F(BadFilesTest, AZipBombNeitherFillsTheMemoryNorTakesLong) {
    const auto file = written("bomb.mkv", zip_bomb_mkv());
    ASSERT_LT(std::filesystem::file_size(file), 8u << 20);
    const std::string reason = refusal(file);
    EXPECT_TRUE(reason == "damaged" || reason == "unsupported_codec" || reason.empty()) << reason;
    EXPECT_NE(forced(file).code, ErrorCode::Timeout);
}

TEST_F(BadFilesTest, AFilmThatEndsInTheMiddleSaysSoByItsLength) {
    for (const char* name : {"cut-half.mkv", "says-four.webm"}) {
        MadeFilm film;
        const TranscodePlan plan = plan_of(name);
        const TranscodeEnd end = make(name, film);
        EXPECT_NEAR(static_cast<double>(plan.duration.count()) / 1e6, 4, 0.1);
        EXPECT_LT(end.ends.at("v180").count(), 2'500'000) << name;
    }
}

TEST_F(BadFilesTest, AHoleInTheMiddleIsCountedAndTheFilmGoesOn) {
    MadeFilm film;
    const TranscodeEnd end = make("bit-rot.mp4", film);
    EXPECT_GT(end.decode_errors, 0);
    EXPECT_NEAR(static_cast<double>(end.ends.at("v180").count()) / 1e6, 2, 0.1);
}

/// A port that somebody listens on, and that nobody must come to.
class Listener {
public:
    Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::listen(socket_.get(), 8), 0);
        EXPECT_EQ(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
        port_ = ntohs(address.sin_port);
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/film.ts"; }
    bool was_called() const {
        pollfd one{socket_.get(), POLLIN, 0};
        return ::poll(&one, 1, 0) > 0;
    }

private:
    UniqueFd socket_;
    int port_ = 0;
};

TEST_F(BadFilesTest, NothingThatAFileNamesIsEverFetchedOrRead) {
    const Listener listener;
    const auto canary = written("canary.ts", contents_of(clip("late-start.ts")));
    const UniqueFd watch(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    ASSERT_GE(::inotify_add_watch(watch.get(), canary.c_str(), IN_OPEN | IN_ACCESS), 0);

    const std::string playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n";
    const std::string end = "\n#EXT-X-ENDLIST\n";
    const std::string local = "file://" + canary.string();
    const std::pair<const char*, std::string> files[] = {
        {"net.m3u8", playlist + listener.url() + end},
        {"net.mp4", playlist + listener.url() + end},
        {"local.m3u8", playlist + local + end},
        {"local.mp4", playlist + local + end},
        {"relative.ts", playlist + "canary.ts" + end},
        {"master.mkv", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n" + listener.url() + "\n"},
        {"concat.mp4", "ffconcat version 1.0\nfile '" + canary.string() + "'\n"},
        {"concat.txt", "ffconcat version 1.0\nfile " + listener.url() + "\n"},
        {"list.avi", "[playlist]\nFile1=" + listener.url() + "\n"},
        {"sdp.mp4", "v=0\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n"},
        {"picture.svg",
         "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><image href='" +
             listener.url() + "'/></svg>"},
        {"dash.mpd",
         "<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011' "
         "type='static'><Period><AdaptationSet><Representation id='1'><BaseURL>" +
             listener.url() + "</BaseURL></Representation></AdaptationSet></Period></MPD>"},
    };
    for (const auto& [name, text] : files) {
        const auto file = written(name, text);
        EXPECT_EQ(refusal(file), "not_a_video") << name;
        EXPECT_NE(forced(file).code, ErrorCode::Timeout) << name;
        Transcoder::Picture wanted;
        wanted.size = {64, 36};
        EXPECT_EQ(run_to_end(transcoder_.picture(file, wanted)).value_or("error"), "") << name;
    }
    EXPECT_FALSE(listener.was_called());
    char event[256];
    EXPECT_LT(::read(watch.get(), event, sizeof(event)), 0) << "the canary was opened";
}

TEST_F(BadFilesTest, NamesAreOnlyNames) {
    const std::string film = contents_of(clip("silent.mp4"));
    for (const char* name :
         {"-i", "-y.mp4", "a\nb.mp4", "quo\"te's.mp4", "$(touch x) `y`;z|&.mp4", "http:film.mp4",
          "pipe:0", "..%2f..mp4", "film 😀 日本.mp4", "%d.mp4", "a:b,c=[v].mp4", "\\\\.mp4"}) {
        const auto file = written(name, film);
        const auto report = run_to_end(transcoder_.probe(file));
        ASSERT_TRUE(report) << name << ": " << report.error().message;
        MadeFilm made;
        EXPECT_TRUE(run_to_end(transcoder_.run(whole_run(file, make_plan(*report, {})), made)));
    }
    EXPECT_FALSE(std::filesystem::exists("x"));
    EXPECT_EQ(refusal(folder_.path() / "sub" / ".." / "-i"), "original_missing")
        << "no such folder";
    EXPECT_EQ(refusal(folder_.path() / "." / "-i"), "");
}

}  // namespace
}  // namespace syncwatch::ffmpeg
