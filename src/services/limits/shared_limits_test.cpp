#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "adapters/memory/memory_bus.h"
#include "harness/manual_clock.h"
#include "harness/seeded_random.h"
#include "services/limits/guess_limit.h"
#include "services/limits/rate_limit.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// A node's limits.
struct LimitedNode {
    LimitedNode(ManualClock& of, SeededRandom& random, MemoryBus& bus, net::io_context& context)
        : clock(of), sharing(of, random, bus) {
        guesses.share(sharing, of);
        calls.share(sharing, of);
        hears = sharing.listen(context.get_executor());
    }
    bool guess(bool right) {
        return guesses.settle("ada 192.0.2.1", right, clock.now()).has_value();
    }
    bool is_locked() const { return !guesses.check("ada 192.0.2.1", clock.now()); }
    int calls_left() {
        int count = 0;
        while (count < 100 && calls.take("192.0.2.1", clock.now())) ++count;
        return count;
    }

    ManualClock& clock;
    LimitSharing sharing;
    GuessLimit guesses{"guesses", {}};
    RateLimit calls{"calls", {.burst = 10, .per_second = 1}};
    std::unique_ptr<Bus::Subscription> hears;
};

class SharedLimitsTest : public testing::Test {
protected:
    void exchange() {
        a_.sharing.tell();
        b_.sharing.tell();
        context_.restart();
        context_.run();
    }

    net::io_context context_;
    ManualClock clock_;
    SeededRandom random_;
    MemoryBus bus_;
    LimitedNode a_{clock_, random_, bus_, context_};
    LimitedNode b_{clock_, random_, bus_, context_};
};

TEST_F(SharedLimitsTest, WrongGuessesAtManyNodesLockAtAll) {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(a_.guess(false));
    exchange();
    EXPECT_FALSE(b_.is_locked());
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(b_.guess(false));
    EXPECT_TRUE(b_.is_locked());
    EXPECT_FALSE(a_.is_locked());
    exchange();
    EXPECT_TRUE(a_.is_locked());
    clock_.advance(61s);
    EXPECT_FALSE(a_.is_locked());
}

TEST_F(SharedLimitsTest, ARightGuessForgivesTheWrongOnesEverywhere) {
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(a_.guess(false));
    exchange();
    EXPECT_TRUE(a_.guess(true));
    exchange();
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(b_.guess(false));
    EXPECT_FALSE(b_.is_locked());
}

TEST_F(SharedLimitsTest, ALockIsNotOpenedByWhatWasRightElsewhere) {
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(a_.guess(false));
    EXPECT_TRUE(b_.guess(true));
    exchange();
    EXPECT_TRUE(a_.is_locked());
}

TEST_F(SharedLimitsTest, ALockIsOneEverywhereAlsoWhereSomethingRightWasSaidMeanwhile) {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(a_.guess(false));
    exchange();
    EXPECT_TRUE(b_.guess(true));
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(a_.guess(false));
    EXPECT_TRUE(a_.is_locked());
    exchange();
    EXPECT_TRUE(b_.is_locked());
}

TEST_F(SharedLimitsTest, CallsAtManyNodesCountTogether) {
    EXPECT_EQ(a_.calls_left(), 10);
    exchange();
    EXPECT_EQ(b_.calls_left(), 0);
    clock_.advance(3s);
    EXPECT_EQ(b_.calls_left(), 3);
    exchange();
    EXPECT_EQ(a_.calls_left(), 0);
}

TEST_F(SharedLimitsTest, NodesThatDoNotHearOneAnotherLimitByThemselves) {
    EXPECT_EQ(a_.calls_left(), 10);
    EXPECT_EQ(b_.calls_left(), 10);
}

}  // namespace
}  // namespace syncwatch
