#include "adapters/notify/web_notifiers.h"

#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/notify/http_pulse.h"
#include "adapters/notify/web_bodies.h"
#include "adapters/system/system_clock.h"
#include "base/async/run_to_end.h"
#include "harness/manual_clock.h"
#include "harness/scripted_server.h"
#include "harness/temp_folder.h"

namespace syncwatch::notify {
namespace {

using namespace std::chrono_literals;

/// Servers that answer, or do not, and callers that do not wait for long.
class WebNotifiersTest : public testing::Test {
protected:
    std::string url(const std::string& path = "/hook") const {
        return fmt::format("http://127.0.0.1:{}{}", server_.port(), path);
    }
    std::string file(const std::string& text) {
        const auto path = folder_.path() / "secret";
        std::ofstream(path) << text << '\n';
        return path.string();
    }
    static Notice notice(Notice::Turn turn = Notice::Turn::Begins) {
        Notice notice;
        notice.key = "backup.pg.overdue";
        notice.turn = turn;
        notice.severity = Severity::Warning;
        notice.installation = "one";
        notice.what = "it is late";
        return notice;
    }
    Result<> hook() {
        WebhookNotifier webhook({url(), "", ""}, caller_, clock_);
        return run_to_end(webhook.tell(notice()));
    }
    std::string asked(std::size_t which = 0) const {
        const auto all = server_.requests();
        return which < all.size() ? all[which] : "";
    }
    static Caller::Options impatient() {
        Caller::Options options;
        options.deadline = 1s;
        options.connect_deadline = 500ms;
        return options;
    }

    TempFolder folder_;
    ManualClock clock_;
    ScriptedServer server_;
    Caller caller_{impatient()};
};

TEST_F(WebNotifiersTest, AWebhookIsPostedAndSigned) {
    server_.says(ScriptedServer::answer(204, ""));
    WebhookNotifier webhook({url(), file("secret"), ""}, caller_, clock_);
    ASSERT_TRUE(run_to_end(webhook.tell(notice())));
    const std::string body = webhook_body(notice());
    EXPECT_TRUE(asked().starts_with("POST /hook HTTP/1.1\r\n")) << asked();
    EXPECT_TRUE(asked().ends_with("\r\n\r\n" + body)) << asked();
    EXPECT_NE(asked().find("Content-Type: application/json\r\n"), std::string::npos);
    const std::string signed_by =
        "X-SyncWatch-Signature: " + signature("secret", clock_.wall(), body) + "\r\n";
    EXPECT_NE(asked().find(signed_by), std::string::npos) << asked();
}

TEST_F(WebNotifiersTest, SlacksAddressStandsInAFile) {
    server_.says(ScriptedServer::answer(200, "ok"));
    SlackNotifier slack({"", file(url("/services/T/B/x")), ""}, caller_);
    ASSERT_TRUE(run_to_end(slack.tell(notice())));
    EXPECT_TRUE(asked().starts_with("POST /services/T/B/x HTTP/1.1\r\n")) << asked();
    EXPECT_TRUE(asked().ends_with(slack_body(notice())));
    SlackNotifier lost({"", "/no/such/file", ""}, caller_);
    EXPECT_EQ(run_to_end(lost.tell(notice())).error().code, ErrorCode::NotFound);
}

TEST_F(WebNotifiersTest, PagerDutyIsTriggeredAndResolved) {
    server_.says(ScriptedServer::answer(202, R"({"status":"success"})"));
    PagerDutyNotifier pager({url("/"), file("R0UTE"), ""}, caller_);
    ASSERT_TRUE(run_to_end(pager.tell(notice())));
    ASSERT_TRUE(run_to_end(pager.tell(notice(Notice::Turn::Ends))));
    EXPECT_TRUE(asked(0).starts_with("POST /v2/enqueue ")) << asked(0);
    EXPECT_TRUE(asked(0).ends_with(pager_event(notice(), PagerAction::Trigger, "R0UTE")));
    EXPECT_TRUE(asked(1).ends_with(pager_event(notice(), PagerAction::Resolve, "R0UTE")));
    EXPECT_EQ(server_.requests().size(), 2U);
}

TEST_F(WebNotifiersTest, WhatHasNoEndLeavesNothingOpenWithPagerDuty) {
    server_.says(ScriptedServer::answer(202, ""));
    PagerDutyNotifier pager({url(""), file("R0UTE"), ""}, caller_);
    ASSERT_TRUE(run_to_end(pager.tell(notice(Notice::Turn::Once))));
    EXPECT_NE(asked(0).find("\"trigger\""), std::string::npos);
    EXPECT_NE(asked(1).find("\"resolve\""), std::string::npos);
    Notice news = notice(Notice::Turn::Once);
    news.severity = Severity::News;
    ASSERT_TRUE(run_to_end(pager.tell(news)));
    EXPECT_TRUE(asked(2).starts_with("POST /v2/change/enqueue ")) << asked(2);
}

TEST_F(WebNotifiersTest, AnAnswerThatIsNoYesIsAFailureInWords) {
    struct Case {
        int status;
        const char* headers;
        ErrorCode code;
        std::chrono::seconds retry_after;
    };
    const std::vector<Case> cases{
        {302, "Location: file:///etc/passwd\r\n", ErrorCode::Forbidden, 0s},
        {403, "", ErrorCode::Forbidden, 0s},
        {429, "Retry-After: 90\r\n", ErrorCode::Unavailable, 90s},
        {500, "", ErrorCode::Unavailable, 0s},
    };
    // The script repeats its last answer, so the first is added with the second.
    for (const Case& each : cases) {
        server_.says(ScriptedServer::answer(each.status, "in\nvalid", each.headers));
        server_.says(ScriptedServer::answer(each.status, "in\nvalid", each.headers));
        if (each.status != cases.front().status) (void)hook();
        const auto told = hook();
        ASSERT_FALSE(told) << each.status;
        EXPECT_EQ(told.error().code, each.code) << told.error().message;
        EXPECT_EQ(told.error().message, fmt::format("it answers {} in valid", each.status));
        EXPECT_EQ(told.error().retry_after, each.retry_after);
    }
}

TEST_F(WebNotifiersTest, WhoeverHangsIsLeft) {
    server_.hangs();
    server_.hangs("HTTP/1.1 200 OK\r\nContent-Le");
    SystemClock real;
    const Instant begun = real.now();
    EXPECT_EQ(hook().error().code, ErrorCode::Timeout);
    EXPECT_LT(real.now() - begun, 8s);
    EXPECT_EQ(hook().error().code, ErrorCode::Timeout);
}

TEST_F(WebNotifiersTest, WhoeverRefusesTheConnectionIsUnavailable) {
    std::string nowhere;
    {
        const ScriptedServer gone;
        nowhere = fmt::format("http://127.0.0.1:{}/", gone.port());
    }
    WebhookNotifier webhook({nowhere, "", ""}, caller_, clock_);
    EXPECT_EQ(run_to_end(webhook.tell(notice())).error().code, ErrorCode::Unavailable);
}

TEST_F(WebNotifiersTest, AnAnswerWithoutEndIsCutOff) {
    server_.says("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" +
                 std::string(1'000'000, 'x'));
    EXPECT_TRUE(hook());
    server_.says("HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'x'));
    server_.says("HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'x'));
    (void)hook();
    EXPECT_FALSE(hook());
}

TEST_F(WebNotifiersTest, NothingButTheWebIsSpoken) {
    for (const char* address : {"file:///etc/passwd", "smtp://127.0.0.1:1", "nonsense://x"}) {
        WebhookNotifier webhook({address, "", ""}, caller_, clock_);
        EXPECT_EQ(run_to_end(webhook.tell(notice())).error().code, ErrorCode::Forbidden) << address;
    }
}

TEST_F(WebNotifiersTest, WhoEndsWaitsForNobody) {
    server_.hangs();
    Caller::Options patient;
    patient.deadline = 60s;
    SystemClock real;
    const Instant begun = real.now();
    {
        Caller caller(patient);
        WebhookNotifier webhook({url(), "", ""}, caller, clock_);
        std::thread ending([&] {
            while (server_.requests().empty()) std::this_thread::yield();
            caller.stop();
        });
        EXPECT_EQ(run_to_end(webhook.tell(notice())).error().code, ErrorCode::Cancelled);
        ending.join();
    }
    EXPECT_LT(real.now() - begun, 20s);
}

TEST_F(WebNotifiersTest, AHeartBeatsAtTheAddressesThatItHas) {
    server_.says(ScriptedServer::answer(200, "OK"));
    HttpPulse both({url("/ping"), "", url("/fail"), ""}, caller_);
    ASSERT_TRUE(run_to_end(both.beat(true)));
    ASSERT_TRUE(run_to_end(both.beat(false)));
    EXPECT_TRUE(asked(0).starts_with("GET /ping ")) << asked(0);
    EXPECT_TRUE(asked(1).starts_with("GET /fail ")) << asked(1);
    HttpPulse secret({"", file(url("/hidden")), "", ""}, caller_);
    ASSERT_TRUE(run_to_end(secret.beat(false)));
    EXPECT_EQ(server_.requests().size(), 2U) << "silence says it";
    ASSERT_TRUE(run_to_end(secret.beat(true)));
    EXPECT_TRUE(asked(2).starts_with("GET /hidden ")) << asked(2);
}

}  // namespace
}  // namespace syncwatch::notify
