#include <thread>

#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <gtest/gtest.h>

#include "adapters/system/system_clock.h"
#include "gateway/health/health_api.h"
#include "harness/router_client.h"

namespace syncwatch::http {
namespace {

using namespace std::chrono_literals;
using Status = ComponentState::Status;

net::awaitable<ComponentState> says(Status status, std::string detail, int* asked) {
    if (asked != nullptr) ++*asked;
    ComponentState state = ComponentState::of(status, std::move(detail));
    state.latency_ms = 1.23456;
    co_return state;
}

net::awaitable<ComponentState> hangs() {
    net::steady_timer timer(co_await net::this_coro::executor, 1h);
    co_await timer.async_wait(net::use_awaitable);
    co_return ComponentState{};
}

net::awaitable<ComponentState> breaks() {
    throw std::runtime_error("broken");
    co_return ComponentState{};
}

class HealthTest : public testing::Test {
protected:
    HealthTest() {
        api_.add_routes(router_);
        thread_ = std::thread([this] { context_.run(); });
    }
    ~HealthTest() override {
        net::co_spawn(context_, board_.end(), net::detached);
        guard_.reset();
        thread_.join();
    }
    void add(const char* name, Status status, std::string detail = "", int* asked = nullptr) {
        board_.add(name, [=] { return says(status, detail, asked); });
    }
    RouterClient client() { return RouterClient(router_); }

    net::io_context context_{1};
    net::executor_work_guard<net::io_context::executor_type> guard_ =
        net::make_work_guard(context_);
    SystemClock clock_;
    HealthBoard board_{clock_, context_.get_executor()};
    HealthApi api_{board_, {"1.2.3", "node-a"}};
    Router router_;
    std::thread thread_;
};

TEST_F(HealthTest, LiveIsAlwaysAndReadyBetweenStartAndDrain) {
    EXPECT_EQ(client().get("/health/live").status, 200);
    EXPECT_EQ(client().get("/health/ready").status, 503);
    EXPECT_EQ(client().get("/health/ready").at("status"), "starting");
    board_.set_phase(HealthBoard::Phase::Ready);
    EXPECT_EQ(client().get("/health/ready").status, 200);
    board_.set_phase(HealthBoard::Phase::Draining);
    EXPECT_EQ(client().get("/health/ready").at("status"), "draining");
    EXPECT_EQ(client().get("/health/live").status, 200);
}

TEST_F(HealthTest, EveryComponentSaysHowItDoes) {
    add("database", Status::Ok, "sqlite");
    add("turn", Status::Off, "no TURN server is configured");
    const auto answer = client().get("/health");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(boost::json::serialize(answer.json),
              R"({"status":"ok","version":"1.2.3","node":"node-a","components":{)"
              R"("database":{"status":"ok","latency_ms":1.234E0,"detail":"sqlite"},)"
              R"("turn":{"status":"off","latency_ms":1.234E0,)"
              R"("detail":"no TURN server is configured"}}})");
}

TEST_F(HealthTest, WithoutOneComponentTheNodeIsDegradedAndWithoutAllOfThemDown) {
    add("database", Status::Down);
    add("objects", Status::Ok);
    EXPECT_EQ(client().get("/health").at("status"), "degraded");
    EXPECT_EQ(client().get("/health").status, 200);
}

TEST_F(HealthTest, WithNothingThatWorksTheNodeIsDown) {
    add("database", Status::Down);
    add("objects", Status::Down);
    add("turn", Status::Off);
    const auto answer = client().get("/health");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.at("status"), "down");
}

TEST_F(HealthTest, ACheckThatHangsOrBreaksIsDownAndHoldsNothingUp) {
    board_.add("hangs", hangs);
    board_.add("breaks", breaks);
    add("fine", Status::Ok);
    const auto begun = clock_.now();
    const auto answer = client().get("/health");
    EXPECT_LT(clock_.now() - begun, 10s);
    const auto& components = answer.at("components").as_object();
    EXPECT_EQ(components.at("hangs").at("status"), "down");
    EXPECT_EQ(components.at("breaks").at("detail"), "broken");
    EXPECT_EQ(components.at("fine").at("status"), "ok");
    EXPECT_EQ(answer.at("status"), "degraded");
}

TEST_F(HealthTest, AskingOftenLooksOnce) {
    int asked = 0;
    add("database", Status::Ok, "", &asked);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(client().get("/health").status, 200);
    EXPECT_LE(asked, 3);
    EXPECT_GE(asked, 1);
}

}  // namespace
}  // namespace syncwatch::http
