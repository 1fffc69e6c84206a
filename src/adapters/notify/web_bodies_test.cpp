#include "adapters/notify/web_bodies.h"

#include <gtest/gtest.h>

#include "adapters/notify/words.h"

namespace syncwatch::notify {
namespace {

Notice damage() {
    Notice notice;
    notice.key = "backup.pg.damaged";
    notice.turn = Notice::Turn::Begins;
    notice.severity = Severity::Critical;
    notice.installation = "one";
    notice.site = "https://watch.example";
    notice.component = "pg";
    notice.what = "a backup of pg is damaged";
    notice.next = "Make a new one.";
    notice.doc = "docs/recovery/catalogue.md";
    notice.since = parse_rfc3339("2026-11-24T10:00:00Z").value();
    notice.at = parse_rfc3339("2026-11-24T10:01:00Z").value();
    return notice;
}

TEST(WebBodiesTest, AWebhookIsToldEverything) {
    EXPECT_EQ(webhook_body(damage()),
              R"({"schema":"syncwatch.notice.v1","key":"backup.pg.damaged","turn":"begins",)"
              R"("severity":"critical","installation":"one","site":"https://watch.example",)"
              R"("component":"pg","what":"a backup of pg is damaged","next":"Make a new one.",)"
              R"("doc":"docs/recovery/catalogue.md","since":"2026-11-24T10:00:00.000Z",)"
              R"("at":"2026-11-24T10:01:00.000Z"})");
}

TEST(WebBodiesTest, TheSignatureIsWhatOthersCompute) {
    // printf '1795514460.{}' | openssl dgst -sha256 -hmac secret
    EXPECT_EQ(signature("secret", from_micros(1'795'514'460'999'999), "{}"),
              "t=1795514460,v1=f44859cc1e7a04a3f1a7f244fd2d17a8d5e6a5e5d37ccbd1a3cfda59c1acb76d");
}

TEST(WebBodiesTest, SlackIsToldInWordsThatCallNobody) {
    Notice notice = damage();
    notice.what = "<!channel> & \"all\"\nline";
    const std::string body = slack_body(notice);
    EXPECT_TRUE(body.starts_with(
        R"({"text":"SyncWatch, critical: &lt;!channel&gt; &amp; \"all\" line\nAt  )"))
        << body;
    EXPECT_NE(body.find("Make a new one."), std::string::npos);
}

TEST(WebBodiesTest, PagerDutyTriggersAndResolvesUnderOneKey) {
    const std::string trigger = pager_event(damage(), PagerAction::Trigger, "R0");
    EXPECT_TRUE(trigger.starts_with(
        R"({"routing_key":"R0","event_action":"trigger","dedup_key":"syncwatch/one/backup.pg.damaged",)"))
        << trigger;
    EXPECT_NE(trigger.find(R"("severity":"critical")"), std::string::npos);
    EXPECT_NE(trigger.find(R"("source":"https://watch.example")"), std::string::npos);
    EXPECT_EQ(
        pager_event(damage(), PagerAction::Resolve, "R0"),
        R"({"routing_key":"R0","event_action":"resolve","dedup_key":"syncwatch/one/backup.pg.damaged"})");
}

TEST(WebBodiesTest, TheHeadlineSaysWhoseTurnItIs) {
    Notice notice = damage();
    EXPECT_EQ(headline(notice), "critical: a backup of pg is damaged");
    notice.turn = Notice::Turn::Stands;
    EXPECT_EQ(headline(notice), "still critical: a backup of pg is damaged");
    notice.turn = Notice::Turn::Ends;
    EXPECT_EQ(headline(notice), "well again: a backup of pg is damaged");
    EXPECT_EQ(details(notice).find("To do"), std::string::npos);
    notice.turn = Notice::Turn::Once;
    notice.severity = Severity::News;
    EXPECT_EQ(headline(notice), "a backup of pg is damaged");
}

}  // namespace
}  // namespace syncwatch::notify
