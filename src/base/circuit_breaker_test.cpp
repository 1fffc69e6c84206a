#include "base/circuit_breaker.h"

#include <vector>

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using State = CircuitBreaker::State;

class CircuitBreakerTest : public testing::Test {
protected:
    void fail_times(int times) {
        for (int i = 0; i < times; ++i) breaker.failed(now, "no answer");
    }

    CircuitBreaker breaker{"database"};
    Instant now{1h};
};

TEST_F(CircuitBreakerTest, OpensAfterThreeFailuresInARow) {
    fail_times(2);
    EXPECT_TRUE(breaker.admit(now));
    breaker.succeeded();
    fail_times(2);
    EXPECT_TRUE(breaker.admit(now)) << "a success in between counts";
    fail_times(1);
    EXPECT_FALSE(breaker.admit(now));
    EXPECT_EQ(breaker.status().why, "no answer");
    EXPECT_EQ(breaker.status().opened, 1U);
}

TEST_F(CircuitBreakerTest, LetsOneTryThroughAfterEachPauseAndPausesLonger) {
    fail_times(3);
    now += 499ms;
    EXPECT_FALSE(breaker.admit(now));
    now += 1ms;
    EXPECT_TRUE(breaker.admit(now));
    EXPECT_FALSE(breaker.admit(now)) << "one alone";
    breaker.failed(now, "still none");
    now += 999ms;
    EXPECT_FALSE(breaker.admit(now));
    now += 1ms;
    EXPECT_TRUE(breaker.admit(now));
    breaker.succeeded();
    EXPECT_TRUE(breaker.closed());
    EXPECT_TRUE(breaker.admit(now));
    EXPECT_EQ(breaker.status().why, "");
}

TEST_F(CircuitBreakerTest, PausesStayBelowTheLongest) {
    fail_times(3);
    for (int i = 0; i < 20; ++i) {
        now += 5s;
        ASSERT_TRUE(breaker.admit(now));
        breaker.failed(now, "no answer");
    }
    EXPECT_EQ(breaker.status().opened, 1U) << "it was open all the while";
}

TEST_F(CircuitBreakerTest, ATryThatNeverEndsDoesNotKeepItOpenForEver) {
    fail_times(3);
    now += 500ms;
    EXPECT_TRUE(breaker.admit(now));
    now += 5s;
    EXPECT_TRUE(breaker.admit(now));
}

TEST_F(CircuitBreakerTest, TellsOnceThatItOpenedAndOnceThatItClosed) {
    std::vector<bool> told;
    breaker.set_listener([&](bool open, const CircuitBreaker::Status&) { told.push_back(open); });
    fail_times(5);
    now += 1s;
    ASSERT_TRUE(breaker.admit(now));
    breaker.failed(now, "no answer");
    now += 5s;
    ASSERT_TRUE(breaker.admit(now));
    breaker.succeeded();
    breaker.succeeded();
    EXPECT_EQ(told, (std::vector<bool>{true, false}));
}

}  // namespace
}  // namespace syncwatch
