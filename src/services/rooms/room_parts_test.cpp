// The small parts of live rooms, each by itself.
#include <limits>

#include <gtest/gtest.h>

#include "harness/numbered.h"
#include "services/rooms/allowance.h"
#include "services/rooms/presence_board.h"
#include "services/rooms/room_metrics.h"
#include "services/rooms/room_time.h"
#include "services/rooms/roster.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

Principal somebody(std::uint8_t number, std::string name) {
    Principal who;
    who.user = user(number);
    who.display_name = std::move(name);
    return who;
}

TEST(AllowanceTest, SoManyAtOnceAndThenSoManyASecond) {
    const Rate rate{.burst = 3, .per_second = 2};
    Allowance allowance;
    const Instant start{1h};
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(allowance.take(rate, start));
    EXPECT_FALSE(allowance.take(rate, start));
    EXPECT_FALSE(allowance.take(rate, start + 400ms));
    EXPECT_TRUE(allowance.take(rate, start + 500ms));
    EXPECT_FALSE(allowance.take(rate, start + 600ms));
    EXPECT_TRUE(allowance.take(rate, start + 1h));
}

/// A clock whose time of day a test moves by itself.
class SteppingClock final : public Clock {
public:
    Instant now() const override { return now_; }
    WallTime wall() const override { return wall_; }
    net::awaitable<void> sleep_until(Instant) override { co_return; }

    void pass(std::chrono::microseconds span) {
        now_ += span;
        wall_ += span;
    }
    void step(std::chrono::microseconds by) { wall_ += by; }

private:
    Instant now_{1h};
    WallTime wall_ = from_micros(1'790'000'000'000'000);
};

TEST(RoomTimeTest, RoomTimeGoesOnWhenTheTimeOfDayJumps) {
    SteppingClock clock;
    RoomTime time(clock);
    time.begin_use();
    const WallTime before = time.now();
    for (const auto step : {1h, -3h}) {
        clock.step(step);
        for (int i = 0; i < 10; ++i) {
            clock.pass(1s);
            time.discipline();
        }
    }
    EXPECT_NEAR(static_cast<double>((time.now() - before).count()), 20e6, 20 * 200);
}

TEST(RoomTimeTest, ASmallErrorIsDrawnOutSlowly) {
    SteppingClock clock;
    RoomTime time(clock);
    time.begin_use();
    clock.step(1ms);
    EXPECT_EQ(time.error(), 1ms);
    for (int i = 0; i < 4; ++i) {
        clock.pass(1s);
        time.discipline();
        time.discipline();
    }
    EXPECT_EQ(time.error(), 200us);
    clock.pass(1s);
    time.discipline();
    EXPECT_EQ(time.error(), 0us);
}

TEST(RoomTimeTest, WhileNobodyLivesByItItTakesTheTimeOfDay) {
    SteppingClock clock;
    RoomTime time(clock);
    clock.step(50 * 365 * 24h);
    time.begin_use();
    EXPECT_EQ(time.now(), clock.wall());
    clock.step(1h);
    time.begin_use();
    EXPECT_EQ(time.error(), 1h) << "a second room changes nothing for the first";
    time.end_use();
    time.end_use();
    time.begin_use();
    EXPECT_EQ(time.error(), 0us);
}

TEST(PresenceBoardTest, PeopleStandInTheOrderTheyCame) {
    PresenceBoard board;
    const RoomCode room;
    board.put(room, {user(2), UserKind::Guest, "Bo", "192.0.2.1"});
    board.put(room, {user(1), UserKind::User, "Ada", ""});
    board.put(room, {user(2), UserKind::Guest, "Bobo", "192.0.2.2"});
    EXPECT_EQ(board.names(room), (std::vector<std::string>{"Bobo", "Ada"}));
    EXPECT_EQ(board.find(room, user(2))->address, "192.0.2.2");
    board.remove(room, user(2));
    board.remove(room, user(2));
    EXPECT_EQ(board.present(room), 1u);
    EXPECT_FALSE(board.find(room, user(2)));
    board.clear(room);
    EXPECT_EQ(board.present(room), 0u);
    EXPECT_TRUE(board.names(room).empty());
}

class SilentLine final : public RoomLine {
public:
    SilentLine() : RoomLine(JoinGrant()) {}
    void entered() override {}
    void end(Ending) override {}
};

TEST(RosterTest, LinesComeAndGoWithoutLeavingHoles) {
    Roster roster;
    Present& ada = roster.add(somebody(1, "Ada"), WallTime(1s));
    Present& bo = roster.add(somebody(2, "Bo"), WallTime(2s));
    SilentLine a, b, c;
    roster.attach(ada, a);
    roster.attach(bo, b);
    roster.attach(ada, c);
    roster.detach(a, Instant(5s));
    EXPECT_EQ(roster.lines().size(), 2u);
    EXPECT_FALSE(ada.dropped);
    roster.detach(c, Instant(6s));
    EXPECT_EQ(ada.dropped, Instant(6s));
    ASSERT_EQ(roster.lines().size(), 1u);
    EXPECT_EQ(roster.lines()[0], &b);
    (void)ada.book().ask("m1", 1, false, 7);
    (void)ada.book().settle("m1", {});
    roster.remove(ada);
    EXPECT_EQ(roster.find(user(1)), nullptr);
    EXPECT_EQ(roster.size(), 1u);
    ASSERT_TRUE(roster.book_of(user(1))) << "who comes back may repeat a request";
    Present& back = roster.add(somebody(1, "Ada"), WallTime(9s));
    EXPECT_EQ(back.book().ask("m1", 9, true, 7).kind, Answers::Verdict::Kind::Again);
    EXPECT_EQ(roster.book_of(user(3)), nullptr);
}

TEST(RosterTest, TheHostIsDerivedAndBothSidesOfAChangeAreNamed) {
    Roster roster;
    roster.set_staff({{user(9), Role::Owner, WallTime(0s)}});
    Present& bo = roster.add(somebody(2, "Bo"), WallTime(1s));
    EXPECT_EQ(roster.choose_host(), std::vector<Present*>{&bo});
    EXPECT_TRUE(roster.choose_host().empty());
    Present& owner = roster.add(somebody(9, "Ada"), WallTime(2s));
    EXPECT_EQ(owner.shown.role, Role::Owner);
    EXPECT_EQ(roster.choose_host(), (std::vector<Present*>{&bo, &owner}));
    EXPECT_FALSE(bo.shown.host);
    EXPECT_TRUE(owner.shown.host);
    EXPECT_TRUE(roster.set_role(user(2), Role::Moderator, WallTime(3s)));
    EXPECT_FALSE(roster.set_role(user(2), Role::Moderator, WallTime(4s)));
    roster.remove(owner);
    EXPECT_EQ(roster.choose_host(), std::vector<Present*>{&bo});
}

TEST(RoomMetricsTest, DriftFallsIntoItsBucketWhateverIsReported) {
    RoomMetrics::Drift drift;
    for (const double each : {0.5, -1.0, 1.1, 1e300, -1e300}) drift.observe(each);
    drift.observe(std::numeric_limits<double>::quiet_NaN());
    EXPECT_EQ(drift.buckets[0].load(), 3u) << "what is no number is near nothing";
    EXPECT_EQ(drift.buckets[1].load(), 1u);
    EXPECT_EQ(drift.buckets.back().load(), 2u);
}

}  // namespace
}  // namespace syncwatch
