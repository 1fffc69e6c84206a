#include "recovery/plan/lint.h"

#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

#include "apps/plan/plan_file.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;
using Kind = Finding::Kind;

const WallTime kNow = parse_rfc3339("2026-11-24T10:00:00Z").value();

Channel channel(Channel::Kind kind, const char* url) {
    Channel channel;
    channel.kind = kind;
    channel.name = word(kind);
    channel.url = url;
    channel.credentials_file = "/etc/syncwatch/" + channel.name;
    return channel;
}

/// One that nothing is wrong with.
Plan good_plan() {
    Plan plan = apps::read_plan(apps::default_plan_text()).plan;
    plan.review_by = std::chrono::floor<std::chrono::days>(kNow) + std::chrono::days(90);
    plan.repositories["near"] = {"file:/var/backups", "", true};
    plan.repositories["far"] = {"s3:https://s3.example/backups", "/etc/far", false};
    plan.escrow_recipients = {"age1ckt4tnl9m0lvdjc3cr7n4k5ftf0ta8te2synsksk5plkunyuedpsj0tsxf",
                              "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"};
    plan.contacts = {{"on call", "Ada", "+49 30 1"}};
    plan.channels = {channel(Channel::Kind::Webhook, "https://ops.example/hook"),
                     channel(Channel::Kind::Slack, ""), channel(Channel::Kind::PagerDuty, ""),
                     channel(Channel::Kind::Email, "smtps://mail.example:465")};
    plan.channels[3].from = "syncwatch@example.org";
    plan.channels[3].to = {"ops@example.org"};
    plan.heartbeat = Heartbeat{"https://hc.example/ping/1", "", "", ""};
    return plan;
}

TEST(LintTest, NothingIsWrongWithAGoodPlan) {
    EXPECT_EQ(lint(good_plan(), kNow), std::vector<Finding>());
}

TEST(LintTest, WhatIsWrongIsFoundAndNothingElse) {
    struct Case {
        const char* where;
        Kind kind;
        std::function<void(Plan&)> harm;
    };
    const std::vector<Case> cases{
        {"review_by", Kind::Warning, [](Plan& p) { p.review_by.reset(); }},
        {"review_by", Kind::Fault, [](Plan& p) { p.review_by = std::chrono::sys_days(); }},
        {"objective.turn", Kind::Warning, [](Plan& p) { p.objectives.erase("turn"); }},
        {"backup.secrets", Kind::Fault, [](Plan& p) { p.backups.erase("secrets"); }},
        {"backup.database", Kind::Fault, [](Plan& p) { p.backups["database"].runs.erase("full"); }},
        {"backup.redis", Kind::Fault, [](Plan& p) { p.backups["redis"].runs.clear(); }},
        {"backup.database.keep", Kind::Fault, [](Plan& p) { p.backups["database"].keep = 168h; }},
        {"backup.objects.keep", Kind::Warning, [](Plan& p) { p.backups["objects"].keep = 24h; }},
        {"objective.redis.rpo", Kind::Fault, [](Plan& p) { p.objectives["redis"].rpo = 59min; }},
        {"objective.database.rpo", Kind::Warning,
         [](Plan& p) { p.objectives["database"].rpo = 5s; }},
        {"objective.database.rpo", Kind::Fault,
         [](Plan& p) {
             p.backups["database"].runs.erase("log");
             p.backups["database"].runs.erase("differential");
         }},
        {"repository", Kind::Fault, [](Plan& p) { p.repositories.clear(); }},
        {"repository", Kind::Warning, [](Plan& p) { p.repositories.erase("far"); }},
        {"repository.far.may_delete", Kind::Warning,
         [](Plan& p) { p.repositories["far"].may_delete = true; }},
        {"repository.near.url", Kind::Fault,
         [](Plan& p) { p.repositories["near"].url = "backups"; }},
        {"repository.far.url", Kind::Fault,
         [](Plan& p) { p.repositories["far"].url = "s3:https://key:secret@s3.example/backups"; }},
        {"repository.far.credentials_file", Kind::Fault,
         [](Plan& p) { p.repositories["far"].credentials_file.clear(); }},
        {"verification.restore_test", Kind::Fault, [](Plan& p) { p.restore_test.reset(); }},
        {"verification.read_again_within", Kind::Warning,
         [](Plan& p) { p.read_again_within.reset(); }},
        {"contact", Kind::Warning, [](Plan& p) { p.contacts.clear(); }},
        {"escrow.recipients", Kind::Warning, [](Plan& p) { p.escrow_recipients.pop_back(); }},
        {"escrow.recipients", Kind::Fault, [](Plan& p) { p.escrow_recipients[1].back() = 'q'; }},
        {"escrow.recipients", Kind::Fault,
         [](Plan& p) { p.escrow_recipients[1] = "AGE-SECRET-KEY-1QQ"; }},
        {"escrow.files", Kind::Fault, [](Plan& p) { p.escrow_files = {"turnserver.conf"}; }},
        {"notify", Kind::Warning, [](Plan& p) { p.channels.clear(); }},
        {"notify", Kind::Warning,
         [](Plan& p) {
             for (Channel& each : p.channels) each.about = {Severity::News};
         }},
        {"notify.slack.name", Kind::Fault, [](Plan& p) { p.channels[2] = p.channels[1]; }},
        {"notify.webhook.url", Kind::Fault,
         [](Plan& p) { p.channels[0].url = "https://me:word@ops.example/"; }},
        {"notify.webhook.url", Kind::Fault,
         [](Plan& p) { p.channels[0].url = "https://ops.example/?token=abc"; }},
        {"notify.webhook.url", Kind::Fault, [](Plan& p) { p.channels[0].url = "file:///etc"; }},
        {"notify.webhook.url", Kind::Warning,
         [](Plan& p) { p.channels[0].url = "http://ops.example/hook"; }},
        {"notify.webhook.credentials_file", Kind::Warning,
         [](Plan& p) { p.channels[0].credentials_file.clear(); }},
        {"notify.slack.url", Kind::Fault,
         [](Plan& p) { p.channels[1].url = "https://hooks.slack.com/services/T/B/x"; }},
        {"notify.slack.credentials_file", Kind::Fault,
         [](Plan& p) { p.channels[1].credentials_file.clear(); }},
        {"notify.pagerduty.credentials_file", Kind::Fault,
         [](Plan& p) { p.channels[2].credentials_file.clear(); }},
        {"notify.email.url", Kind::Fault, [](Plan& p) { p.channels[3].url = "mail.example"; }},
        {"notify.email.url", Kind::Fault,
         [](Plan& p) { p.channels[3].url = "smtps://me:word@mail.example"; }},
        {"notify.email.from", Kind::Fault, [](Plan& p) { p.channels[3].from = "a@b\r\nBcc: c@d"; }},
        {"notify.email.to", Kind::Fault, [](Plan& p) { p.channels[3].to.clear(); }},
        {"notify.email.encrypted", Kind::Fault, [](Plan& p) { p.channels[3].encrypted = false; }},
        {"notify.email.encrypted", Kind::Warning,
         [](Plan& p) {
             p.channels[3].encrypted = false;
             p.channels[3].credentials_file.clear();
         }},
        {"heartbeat", Kind::Warning, [](Plan& p) { p.heartbeat.reset(); }},
        {"heartbeat.url", Kind::Fault, [](Plan& p) { p.heartbeat->url.clear(); }},
        {"heartbeat.fail_url", Kind::Fault, [](Plan& p) { p.heartbeat->fail_url = "ftp://x"; }},
    };
    for (const Case& each : cases) {
        SCOPED_TRACE(each.where);
        Plan plan = good_plan();
        each.harm(plan);
        const auto findings = lint(plan, kNow);
        ASSERT_EQ(findings.size(), 1u);
        EXPECT_EQ(findings[0].where, each.where);
        EXPECT_EQ(findings[0].kind, each.kind);
        EXPECT_TRUE(findings[0].hint.ends_with('.'));
    }
}

TEST(LintTest, AKeyThatOneMachineAloneHasIsAFault) {
    Plan plan = good_plan();
    plan.repositories["far"].key_file = "/etc/key";
    EXPECT_EQ(lint(plan, kNow), std::vector<Finding>());
    plan.escrow_recipients.clear();
    const auto findings = lint(plan, kNow);
    const auto found = std::ranges::find(findings, "repository.far.key_file", &Finding::where);
    ASSERT_NE(found, findings.end());
    EXPECT_EQ(found->kind, Kind::Fault);
}

TEST(LintTest, TheDefaultPlanLacksWhatOnlyItsOperatorKnows) {
    const auto findings = lint(apps::read_plan(apps::default_plan_text()).plan, kNow);
    const auto faults = std::ranges::count(findings, Kind::Fault, &Finding::kind);
    EXPECT_EQ(faults, 1) << "a place for backups";
}

}  // namespace
}  // namespace syncwatch::recovery
