#include "services/transcoding/film_restorer.h"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "domain/transcode/sprite_layout.h"
#include "harness/clips.h"
#include "harness/temp_folder.h"
#include "harness/transcode_world.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// A number of a box in an fMP4 segment: what a player goes by.
std::uint64_t number_in(const std::string& bytes, const char* box, std::size_t offset,
                        std::size_t size) {
    const std::size_t at = bytes.find(box);
    std::uint64_t number = 0;
    for (std::size_t i = 0; at != std::string::npos && i < size; ++i) {
        number = number << 8 | static_cast<unsigned char>(bytes.at(at + 4 + offset + i));
    }
    return number;
}

/// When it begins, in its own ticks, and how many frames it has.
std::pair<std::uint64_t, std::uint64_t> place_of(const std::string& segment) {
    const bool is_long = number_in(segment, "tfdt", 0, 1) == 1;
    return {number_in(segment, "tfdt", 4, is_long ? 8 : 4), number_in(segment, "trun", 4, 4)};
}

class FilmRestorerTest : public testing::Test {
protected:
    VideoId made(const char* name) {
        world_.start();
        const VideoId id = world_.upload(clip(name));
        EXPECT_EQ(world_.settled(id).status, VideoStatus::Ready);
        // Everything has stopped: what is made again is made by the maker alone.
        world_.stop();
        maker_.start();
        return id;
    }
    Result<> make(const std::string& key, std::chrono::seconds patience = 60s) {
        auto asked = net::co_spawn(
            world_.context, maker_.make_again(key, world_.clock.now() + patience), net::use_future);
        EXPECT_TRUE(
            world_.run_until([&asked] { return asked.wait_for(0s) == std::future_status::ready; }));
        return asked.get();
    }
    void TearDown() override {
        auto ended = net::co_spawn(world_.context, maker_.end(), net::use_future);
        EXPECT_TRUE(
            world_.run_until([&ended] { return ended.wait_for(0s) == std::future_status::ready; }));
    }
    /// Loses each object of the film's streams and makes it again, one after the other; tells what
    /// each was and is.
    template <class Compare>
    void lose_and_make_all(VideoId id, Compare compare) {
        const auto ledger = run_to_end(world_.store->objects_under(edition_prefix(id, 1))).value();
        int pieces = 0;
        for (const StoredBlob& each : ledger) {
            if (!parse_piece_key(each.key)) continue;
            SCOPED_TRACE(each.key);
            ++pieces;
            const std::string before = world_.object(each.key);
            ASSERT_TRUE(run_to_end(world_.blobs->remove(each.key)));
            const Instant begun = world_.clock.now();
            const Result<> done = make(each.key);
            ASSERT_TRUE(done) << done.error().message;
            slowest_ = std::max(slowest_, world_.clock.now() - begun);
            const std::string after = world_.object(each.key);
            const auto line = run_to_end(world_.store->find_object(each.key)).value();
            ASSERT_TRUE(line);
            EXPECT_EQ(line->sha256, sha256(as_bytes(after))) << "the ledger knows it as it is now";
            compare(before, after);
        }
        EXPECT_GT(pieces, 10);
        EXPECT_EQ(tally_.healed_from_original, static_cast<std::uint64_t>(pieces));
        RecordProperty("slowest_ms", static_cast<int>(slowest_ / 1ms));
    }

    TempFolder folder_;
    TranscodeWorld world_{folder_.path()};
    ObjectTally tally_;
    FilmRestorer maker_{{*world_.store, *world_.store, *world_.blobs, *world_.transcoder,
                         world_.bus, world_.clock, tally_},
                        world_.context.get_executor()};
    Instant::duration slowest_{};
};

TEST_F(FilmRestorerTest, EveryPieceOfAFilmIsMadeAgainInItsPlace) {
    for (const char* name : {"film.mp4", "ready.mp4"}) {
        SCOPED_TRACE(name);
        const VideoId id = made(name);
        tally_.healed_from_original = 0;
        std::map<std::string, std::vector<double>> beeps;
        const Video film = world_.video(id);
        for (const AudioTrack& each : film.audio_tracks) {
            beeps[each.stream] = beeps_in(world_.stream(id, each.stream).bytes());
        }
        lose_and_make_all(id, [](const std::string& before, const std::string& after) {
            EXPECT_EQ(place_of(after), place_of(before));
        });
        for (const Rendition& rung : film.renditions) {
            const auto seen = frames_in(world_.stream(id, rung.stream).bytes());
            EXPECT_NEAR(static_cast<double>(seen.size()), film.duration.count() * 24, 1);
            for (std::size_t i = 0; i < seen.size(); ++i) {
                ASSERT_EQ(seen[i].number, static_cast<int>(i)) << rung.stream;
                ASSERT_NEAR(seen[i].at, static_cast<double>(i) / 24.0, 0.0005) << rung.stream;
            }
        }
        for (const AudioTrack& each : film.audio_tracks) {
            const auto heard = beeps_in(world_.stream(id, each.stream).bytes());
            ASSERT_EQ(heard.size(), beeps[each.stream].size());
            for (std::size_t i = 0; i < heard.size(); ++i) {
                EXPECT_NEAR(heard[i], beeps[each.stream][i], 0.001) << each.stream;
            }
        }
    }
}

TEST_F(FilmRestorerTest, WhatAFilmHasBesideItsStreamsIsMadeAgainAsItWas) {
    const VideoId id = made("multi.mkv");
    int extras = 0;
    for (const std::string& key : world_.keys(id)) {
        if (!parse_extra_key(key)) continue;
        SCOPED_TRACE(key);
        ++extras;
        const std::string before = world_.object(key);
        ASSERT_TRUE(run_to_end(world_.blobs->remove(key)));
        const Result<> done = make(key);
        ASSERT_TRUE(done) << done.error().message;
        EXPECT_TRUE(world_.object(key) == before);
        const auto line = run_to_end(world_.store->find_object(key)).value();
        ASSERT_TRUE(line);
        EXPECT_EQ(line->sha256, sha256(as_bytes(before)));
    }
    EXPECT_EQ(extras, 6) << "poster, list, sheet, three tracks";
}

TEST_F(FilmRestorerTest, ASpriteWhoseSegmentsAreLostHasThemMadeFirst) {
    const VideoId id = made("film.mp4");
    const std::string low = world_.video(id).renditions.back().stream;
    const std::string sheet = picture_key(id, 1, sprite_sheet_name(0));
    const std::string before = world_.object(sheet);
    const std::string segment = segment_key(id, 1, low, 1);
    for (const std::string& key : {sheet, segment, init_key(id, 1, low, 0)}) {
        ASSERT_TRUE(run_to_end(world_.blobs->remove(key)));
    }
    const Result<> done = make(sheet);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_NEAR(static_cast<double>(world_.object(sheet).size()),
                static_cast<double>(before.size()), 0.05 * static_cast<double>(before.size()))
        << "one of its pictures was encoded anew";
    EXPECT_FALSE(world_.object(segment).empty());

    ASSERT_TRUE(run_to_end(world_.store->drop_original(id)));
    ASSERT_TRUE(run_to_end(world_.blobs->remove(sheet)));
    EXPECT_TRUE(make(sheet)) << "it comes from the segments alone";
    EXPECT_EQ(make(picture_key(id, 1, kPosterObject)).error().code, ErrorCode::NotFound);
    ASSERT_TRUE(run_to_end(world_.blobs->remove(segment)));
    EXPECT_EQ(make(sheet).error().code, ErrorCode::NotFound);
}

TEST_F(FilmRestorerTest, WhatCannotBeMadeIsSaidToBeSo) {
    const VideoId id = made("multi.mkv");
    for (const std::string& key :
         {video_prefix(id) + "/subtitles/s9.vtt", source_key(id),
          picture_key(id, 1, sprite_sheet_name(1)), picture_key(id, 2, kPosterObject),
          video_prefix(id) + "/1/subtitles/s9.vtt"}) {
        EXPECT_EQ(make(key).error().code, ErrorCode::NotFound) << key;
    }
    EXPECT_EQ(make(segment_key(id, 1, "v480", 99)).error().code, ErrorCode::NotFound);
    EXPECT_EQ(make(segment_key(id, 1, "v999", 0)).error().code, ErrorCode::NotFound);
    EXPECT_EQ(make(segment_key(id, 2, "v480", 0)).error().code, ErrorCode::NotFound);
    const std::string key = segment_key(id, 1, "v480", 0);
    EXPECT_EQ(make(key, 0s).error().code, ErrorCode::Timeout) << "nobody waits for ever";
    EXPECT_TRUE(make(key)) << "and it goes on all the same";
    ASSERT_TRUE(run_to_end(world_.store->drop_original(id)));
    EXPECT_EQ(make(key).error().code, ErrorCode::NotFound);
}

TEST_F(FilmRestorerTest, AnotherEncodersSegmentGetsAHeadOfItsOwn) {
    const VideoId id = made("film.mp4");
    const std::string stream = world_.video(id).renditions.front().stream;
    // As if the film had been made by an ffmpeg that wrote another head.
    std::string head = world_.object(init_key(id, 1, stream, 0));
    head.back() = static_cast<char>(head.back() ^ 1);
    auto other = run_to_end(world_.blobs->put(init_key(id, 1, stream, 0), head)).value();
    ASSERT_TRUE(run_to_end(world_.store->record({other}, world_.clock.wall())));
    ASSERT_TRUE(make(segment_key(id, 1, stream, 1)));
    const auto segments = run_to_end(world_.store->segments(id)).value();
    for (const Segment& each : segments) {
        if (each.stream != stream) continue;
        EXPECT_EQ(each.init, each.number == 1 ? 1 : 0);
    }
    EXPECT_FALSE(world_.object(init_key(id, 1, stream, 1)).empty());
    EXPECT_EQ(world_.object(init_key(id, 1, stream, 0)), head);
}

TEST_F(FilmRestorerTest, ManyWhoAskCostOneMaking) {
    const VideoId id = made("film.mp4");
    const std::string stream = world_.video(id).renditions.front().stream;
    std::vector<std::future<Result<>>> asked;
    for (int i = 0; i < 20; ++i) {
        asked.push_back(net::co_spawn(
            world_.context,
            maker_.make_again(segment_key(id, 1, stream, 1), world_.clock.now() + 60s),
            net::use_future));
    }
    EXPECT_TRUE(world_.run_until([&asked] {
        return std::ranges::all_of(
            asked, [](auto& each) { return each.wait_for(0s) == std::future_status::ready; });
    }));
    for (auto& each : asked) EXPECT_TRUE(each.get());
    EXPECT_EQ(tally_.healed_from_original, 1u);
}

}  // namespace
}  // namespace syncwatch
