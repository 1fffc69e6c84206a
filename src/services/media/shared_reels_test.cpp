// What players need of a film at a node that never had it, while the database is away.
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include "adapters/memory/memory_bus.h"
#include "adapters/system/sodium_sealer.h"
#include "base/async/task_group.h"
#include "harness/numbered.h"
#include "harness/said_videos.h"
#include "harness/sim_world.h"
#include "ports/topics.h"
#include "services/media/reels.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

class SharedReelsTest : public testing::Test {
protected:
    struct Node {
        explicit Node(SharedReelsTest& test)
            : sealer({}, test.world_),
              peers({test.bus_, sealer, test.world_, test.world_}),
              reels(test.videos_, test.bus_, test.world_, test.world_.executor()) {
            reels.share(peers);
            listening = peers.listen(test.world_.executor());
        }
        SodiumSealer sealer;
        PeerAnswers peers;
        Reels reels;
        std::unique_ptr<Bus::Subscription> listening;
    };

    SharedReelsTest() {
        Video& video = videos_.films[film_].video;
        video.id = film_;
        video.title = "Film";
        video.status = VideoStatus::Ready;
        video.playable_until = video.duration = MediaTime(8);
        Rendition rung;
        rung.stream = "v720";
        video.renditions = {rung};
        videos_.films[film_].segments = {{"v720", 0, 4s, 1000, 0}, {"v720", 1, 4s, 2000, 0}};
    }

    /// The title, or the word of the error.
    std::string title_at(Node& node, VideoId film) {
        std::optional<Result<std::shared_ptr<const Reel>>> found;
        auto look =
            [](Reels* reels, VideoId id,
               std::optional<Result<std::shared_ptr<const Reel>>>* to) -> net::awaitable<void> {
            to->emplace(co_await reels->find(id));
        };
        net::co_spawn(world_.executor(), look(&node.reels, film, &found), net::detached);
        world_.run_for(1s);
        if (!found) return "no answer";
        if (!*found) {
            const Error& error = found->error();
            return error.code == ErrorCode::Unavailable ? "unavailable" : std::string(error.reason);
        }
        last_ = **found;
        return last_->video.title;
    }
    std::string title_at(Node& node) { return title_at(node, film_); }

    const VideoId film_ = numbered<VideoId>(1);
    SaidVideos videos_;
    SimWorld world_;
    MemoryBus bus_;
    std::shared_ptr<const Reel> last_;
};

TEST_F(SharedReelsTest, ANodeThatHasItTellsTheOther) {
    Node one(*this);
    Node other(*this);
    ASSERT_EQ(title_at(one), "Film");
    videos_.away = true;
    EXPECT_EQ(title_at(other), "Film");
    EXPECT_EQ(last_->streams.at("v720"), videos_.films[film_].segments);
    EXPECT_EQ(title_at(other, numbered<VideoId>(2)), "unavailable");
    Node third(*this);
    one.listening.reset();
    EXPECT_EQ(title_at(third), "Film") << "from who has it from another";
}

TEST_F(SharedReelsTest, TheDatabaseIsAskedAgainSoonAndCounts) {
    Node one(*this);
    Node other(*this);
    ASSERT_EQ(title_at(one), "Film");
    videos_.away = true;
    ASSERT_EQ(title_at(other), "Film");
    const int asked = videos_.asked;
    ASSERT_EQ(title_at(other), "Film");
    EXPECT_EQ(videos_.asked, asked) << "it was away a moment ago";
    world_.run_for(5s);
    ASSERT_EQ(title_at(other), "Film");
    EXPECT_EQ(videos_.asked, asked + 1);
    videos_.away = false;
    videos_.films[film_].video.title = "Renamed";
    videos_.films[film_].segments[0].size = 1001;
    world_.run_for(5s);
    EXPECT_EQ(title_at(other), "Renamed");
    EXPECT_EQ(last_->streams.at("v720")[0].size, 1001U) << "from the first segment on";
    videos_.films.clear();
    world_.run_for(1min);
    EXPECT_EQ(title_at(other), "no_such_video");
}

TEST_F(SharedReelsTest, AChangeThatCouldNotBeReadIsReadLater) {
    Node one(*this);
    ASSERT_EQ(title_at(one), "Film");
    videos_.films[film_].segments[0].size = 1001;
    videos_.away = true;
    bus_.publish(topics::kVideoChanged, film_.text());
    world_.settle();
    EXPECT_EQ(title_at(one), "Film");
    videos_.away = false;
    world_.run_for(5s);
    EXPECT_EQ(title_at(one), "Film");
    EXPECT_EQ(last_->streams.at("v720")[0].size, 1001U);
}

TEST_F(SharedReelsTest, WhatIsExpectedIsReadBeforeAnybodyAsks) {
    Node one(*this);
    TaskGroup tasks(world_.executor(), [](const auto&, const auto& what) { FAIL() << what; });
    tasks.spawn("ahead", one.reels.read_ahead(world_));
    one.reels.expect(film_);
    one.reels.expect(numbered<VideoId>(2));
    world_.run_for(600ms);
    EXPECT_EQ(videos_.asked, 2);
    videos_.away = true;
    EXPECT_EQ(title_at(one), "Film");
    one.reels.expect(film_);
    world_.run_for(600ms);
    EXPECT_EQ(videos_.asked, 2) << "it is here";
    tasks.cancel();
    world_.settle();
}

}  // namespace
}  // namespace syncwatch
