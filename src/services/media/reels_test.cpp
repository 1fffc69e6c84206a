#include "services/media/reels.h"

#include <gtest/gtest.h>

#include "harness/media_world.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

class ReelsTest : public testing::Test {
protected:
    std::shared_ptr<const Reel> reel() { return run_to_end(reels_.find(film_)).value(); }

    MediaWorld world_;
    const Principal ann_ = world_.account("ann");
    const VideoId film_ = world_.film(ann_);
    Reels reels_{world_.media, world_.bus, world_.clock, world_.context.get_executor()};
};

TEST_F(ReelsTest, AReelGrowsWithItsFilmAndIsReadAtMostTwiceASecond) {
    const Job job = *run_to_end(world_.media.claim("test", world_.clock.wall(), 60s)).value();
    world_.advance(job, MediaWorld::plan(10));
    world_.add_segments(job, 0);
    const auto first = reel();
    EXPECT_EQ(first->streams.at("v720").size(), 1u);
    EXPECT_EQ(reel(), first);
    world_.add_segments(job, 1);
    EXPECT_EQ(reel(), first) << "only just read";
    world_.clock.advance(500ms);
    const auto second = reel();
    EXPECT_EQ(second->streams.at("v720").size(), 2u);
    EXPECT_EQ(second->streams.at("a0").size(), 2u);
    EXPECT_EQ(first->streams.at("v720").size(), 1u) << "what a player has does not change";
    world_.clock.advance(2s);
    EXPECT_EQ(reel(), second) << "nothing was said of a change";
    EXPECT_FALSE(second->is_complete());
}

TEST_F(ReelsTest, AChangeOfAFilmThatIsCompleteShowsAtOnce) {
    world_.transcode(film_);
    ASSERT_EQ(reel()->video.title, "Film");
    ASSERT_TRUE(run_to_end(world_.media.rename(film_, "Renamed")));
    world_.bus.publish("video/changed", film_.text());
    world_.deliver();
    EXPECT_EQ(reel()->video.title, "Renamed");
}

TEST_F(ReelsTest, AChangeThatNobodyWasToldOfShowsInTheEnd) {
    const auto before = reel();
    ASSERT_TRUE(run_to_end(world_.media.rename(film_, "Renamed")));
    world_.clock.advance(5s);
    EXPECT_EQ(reel()->video.title, "Renamed");
}

TEST_F(ReelsTest, ANewEditionBeginsAnew) {
    world_.transcode(film_);
    EXPECT_EQ(reel()->streams.at("a0").size(), 5u);
    EXPECT_TRUE(reel()->is_complete());
    auto fail_it = [id = film_](sql::Connection& db) {
        return db.run(
            "UPDATE videos SET status = 'failed', error_code = 'x', error_message = '',"
            " edition = 2 WHERE id = ?",
            id);
    };
    ASSERT_TRUE(run_to_end(world_.database.get().write(std::move(fail_it))));
    auto clear = [id = film_](sql::Connection& db) {
        return db.run("DELETE FROM segments WHERE video = ?", id);
    };
    ASSERT_TRUE(run_to_end(world_.database.get().write(std::move(clear))));
    world_.clock.advance(1min);
    EXPECT_TRUE(reel()->streams.empty());
}

TEST_F(ReelsTest, AFilmThatIsGoneIsNotFound) {
    ASSERT_TRUE(reel());
    ASSERT_TRUE(run_to_end(world_.media.remove(film_)));
    world_.clock.advance(5s);
    EXPECT_EQ(run_to_end(reels_.find(film_)).error().reason, "no_such_video");
    EXPECT_EQ(run_to_end(reels_.find(film_)).error().reason, "no_such_video");
}

}  // namespace
}  // namespace syncwatch
