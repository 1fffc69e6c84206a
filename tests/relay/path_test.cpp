#include "relay/path.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace syncwatch::relay {
namespace {

using namespace std::chrono_literals;

const Instant kStart{1h};

Conditions with_delay(Duration delay, Duration jitter = 0ms) {
    Conditions conditions;
    conditions.delay = delay;
    conditions.jitter = jitter;
    return conditions;
}

Conditions with_loss(double loss) {
    Conditions conditions;
    conditions.loss = loss;
    return conditions;
}

TEST(StreamPathTest, PassesAtOnceWhenNothingIsWrong) {
    StreamPath path(1);
    EXPECT_EQ(path.arrival(kStart, 100, {}), kStart);
}

TEST(StreamPathTest, DelaysEveryPieceByTheSame) {
    StreamPath path(1);
    for (Duration at = 0ms; at < 1s; at += 10ms) {
        EXPECT_EQ(path.arrival(kStart + at, 100, with_delay(50ms)), kStart + at + 50ms);
    }
}

TEST(StreamPathTest, KeepsTheOrderWhateverTheJitter) {
    StreamPath path(7);
    Instant last{};
    Duration least = 1h;
    Duration most = 0ms;
    for (Duration at = 0ms; at < 20s; at += 200ms) {
        const Instant sent = kStart + at;
        const Instant out = path.arrival(sent, 100, with_delay(100ms, 80ms));
        EXPECT_GE(out, last);
        least = std::min(least, out - sent);
        most = std::max(most, out - sent);
        last = out;
    }
    EXPECT_GE(least, 20ms);
    EXPECT_LT(least, 40ms);
    EXPECT_LE(most, 180ms);
    EXPECT_GT(most, 160ms);
}

TEST(StreamPathTest, AShorterDelayDoesNotLetLaterBytesOvertake) {
    StreamPath path(1);
    const Instant first = path.arrival(kStart, 100, with_delay(500ms));
    EXPECT_EQ(path.arrival(kStart + 10ms, 100, with_delay(0ms)), first);
    EXPECT_EQ(path.arrival(kStart + 600ms, 100, with_delay(0ms)), kStart + 600ms);
}

TEST(StreamPathTest, StallsAsOftenAsPacketsAreLost) {
    StreamPath path(3);
    int stalled = 0;
    for (int i = 0; i < 20'000; ++i) {
        const Instant sent = kStart + i * 10s;
        const Duration took = path.arrival(sent, kPacketBytes, with_loss(0.01)) - sent;
        if (took == 0ms) continue;
        ++stalled;
        EXPECT_GE(took, 200ms);
    }
    EXPECT_NEAR(stalled, 200, 50);
    EXPECT_EQ(path.stalls(), static_cast<std::uint64_t>(stalled));
}

TEST(StreamPathTest, LongPiecesAreLostMoreOften) {
    StreamPath path(3);
    int stalled = 0;
    for (int i = 0; i < 2'000; ++i) {
        const Instant sent = kStart + i * 10s;
        if (path.arrival(sent, 10 * kPacketBytes, with_loss(0.01)) != sent) ++stalled;
    }
    EXPECT_NEAR(stalled, 191, 50);  // 1 - 0.99^10 of them.
}

TEST(StreamPathTest, TheSameSeedGivesTheSameNetwork) {
    StreamPath one(11);
    StreamPath other(11);
    StreamPath another(12);
    bool differs = false;
    for (int i = 0; i < 100; ++i) {
        const Instant sent = kStart + i * 1s;
        const Instant at = one.arrival(sent, 1, with_delay(50ms, 25ms));
        EXPECT_EQ(at, other.arrival(sent, 1, with_delay(50ms, 25ms)));
        differs = differs || at != another.arrival(sent, 1, with_delay(50ms, 25ms));
    }
    EXPECT_TRUE(differs);
}

TEST(DatagramPathTest, OvertakesAndDrops) {
    DatagramPath path(5);
    Conditions bad = with_delay(50ms, 40ms);
    bad.loss = 0.1;
    std::vector<Instant> arrived;
    for (int i = 0; i < 1'000; ++i) {
        if (const auto at = path.arrival(kStart + i * 5ms, bad)) arrived.push_back(*at);
    }
    EXPECT_NEAR(static_cast<double>(arrived.size()), 900, 40);
    EXPECT_FALSE(std::ranges::is_sorted(arrived));
}

TEST(BottleneckTest, LetsThroughNoMoreThanItsRate) {
    Bottleneck narrow;
    Instant now = kStart;
    narrow.pass(now, 100'000, 100'000);  // Uses up what was saved.
    const Instant begun = now + narrow.queue(now);
    Instant out = begun;
    for (int i = 0; i < 1'000; ++i) out = narrow.pass(begun, 1'000, 100'000);
    EXPECT_NEAR(std::chrono::duration<double>(out - begun).count(), 10.0, 0.001);
}

TEST(BottleneckTest, MakesGoodWhatATimerWasLate) {
    Bottleneck narrow;
    Instant now = kStart;
    for (int i = 0; i < 100; ++i) now = narrow.pass(now, 1'000, 100'000) + 3ms;
    EXPECT_NEAR(std::chrono::duration<double>(now - kStart).count(), 1.0, 0.03);
}

TEST(BottleneckTest, IsWideWithoutARate) {
    Bottleneck wide;
    EXPECT_EQ(wide.pass(kStart, 1'000'000'000, 0), kStart);
    EXPECT_EQ(wide.queue(kStart), 0ms);
}

TEST(BottleneckTest, StreamsTakeShortTurns) {
    EXPECT_EQ(Bottleneck::turn_bytes(0), 16u * 1024);
    EXPECT_EQ(Bottleneck::turn_bytes(100'000), 1'000u);
    EXPECT_EQ(Bottleneck::turn_bytes(1), 256u);
}

}  // namespace
}  // namespace syncwatch::relay
