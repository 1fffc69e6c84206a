#include "gateway/api/rate_limits.h"

#include <gtest/gtest.h>

#include "gateway/api/authenticator.h"
#include "harness/account_world.h"
#include "protocol/http/problem.h"

namespace syncwatch::http {
namespace {

using namespace std::chrono_literals;

RateLimits::Options small() {
    RateLimits::Options options;
    options.address = {5, 1};
    options.account = {2, 1};
    options.sign_in = {2, 0.1};
    options.guest = {3, 0.1};
    return options;
}

class RateLimitsTest : public testing::Test {
protected:
    int admitted(RateClass rate, const std::string& address) {
        Route route;
        route.options.rate = rate;
        Request request;
        request.remote_address = address;
        int count = 0;
        while (count < 100) {
            refusal_ = limits_.admit(request, route);
            if (refusal_) return count;
            ++count;
        }
        return count;
    }

    ManualClock clock_;
    RateLimits limits_{clock_, small()};
    std::optional<Response> refusal_;
};

TEST_F(RateLimitsTest, AnAddressGetsSoManyCallsAndIsToldWhenToComeAgain) {
    EXPECT_EQ(admitted(RateClass::Call, "192.0.2.1"), 5);
    EXPECT_EQ(refusal_->status, 429);
    EXPECT_EQ(refusal_->fields.find("Retry-After"), "1");
    EXPECT_EQ(refusal_->fields.find("Content-Type"), kProblemType);
    EXPECT_EQ(admitted(RateClass::Call, "192.0.2.2"), 5);
    clock_.advance(2s);
    EXPECT_EQ(admitted(RateClass::Call, "192.0.2.1"), 2);
}

TEST_F(RateLimitsTest, ANetworkOfIpv6IsOneAddress) {
    EXPECT_EQ(admitted(RateClass::Call, "2001:db8::1"), 5);
    EXPECT_EQ(admitted(RateClass::Call, "2001:db8::2"), 0);
}

TEST_F(RateLimitsTest, CallsThatCostMoreAreFewer) {
    EXPECT_EQ(admitted(RateClass::SignIn, "192.0.2.1"), 2);
    EXPECT_EQ(refusal_->fields.find("Retry-After"), "10");
    EXPECT_EQ(admitted(RateClass::Guest, "192.0.2.2"), 3);
    EXPECT_EQ(admitted(RateClass::Free, "192.0.2.1"), 100);
}

TEST(RateOfRouteTest, TheApiIsLimitedAndFilmsAreNot) {
    Router router;
    router.add(Method::Get, "/api/v1/x", {});
    router.add(Method::Get, "/media/{rest...}", {});
    RouteOptions sign_in;
    sign_in.rate = RateClass::SignIn;
    router.add(Method::Post, "/api/v1/y", {}, sign_in);
    EXPECT_EQ(router.routes()[0].options.rate, RateClass::Call);
    EXPECT_EQ(router.routes()[1].options.rate, RateClass::Free);
    EXPECT_EQ(router.routes()[2].options.rate, RateClass::SignIn);
}

TEST(AccountRateTest, AnAccountIsLimitedFromWhereverItCalls) {
    AccountWorld world;
    RateLimits limits(world.clock, small());
    Authenticator::Options options;
    options.admit = [&limits](UserId user) { return limits.admit(user); };
    Authenticator authenticator(*world.service, options);
    Request request;
    request.fields.add("Authorization", "Bearer " + world.register_as("alice")->token);
    EXPECT_TRUE(run_to_end(authenticator.principal(request)));
    EXPECT_TRUE(run_to_end(authenticator.principal(request)));
    const auto refused = run_to_end(authenticator.principal(request));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Exhausted);
    world.clock.advance(1s);
    EXPECT_TRUE(run_to_end(authenticator.principal(request)));
}

}  // namespace
}  // namespace syncwatch::http
