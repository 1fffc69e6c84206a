#include "apps/plan/plan_file.h"

#include <gtest/gtest.h>

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
using recovery::BackupRule;
using recovery::Finding;

TEST(PlanFileTest, TheDefaultPlanIsWhatTheProjectWasFoundedOn) {
    const auto [plan, faults] = read_plan(default_plan_text());
    ASSERT_TRUE(faults.empty()) << faults.front().where << ' ' << faults.front().what;
    EXPECT_EQ(plan.objectives.at("app").rto, 30min);
    EXPECT_EQ(plan.objectives.at("database").rpo, 24h);
    EXPECT_EQ(plan.objectives.at("turn").rpo, std::nullopt);
    const BackupRule& database = plan.backups.at("database");
    EXPECT_EQ(database.runs.at("full").text(), "Sun 02:00");
    EXPECT_FALSE(database.runs.at("log").is_timed());
    EXPECT_EQ(database.keep, 720h);
    EXPECT_EQ(database.keep_full, 5u);
    EXPECT_EQ(plan.backups.at("redis").runs.at("snapshot").period(), 1h);
    EXPECT_EQ(plan.backups.at("redis").keep, 168h);
    EXPECT_EQ(plan.backups.at("config").keep, std::nullopt);
    EXPECT_EQ(plan.restore_test->text(), "daily 04:00");
    EXPECT_TRUE(plan.repositories.empty());
}

TEST(PlanFileTest, EveryEntryIsRead) {
    const auto [plan, faults] = read_plan(R"(
plan_version = 7
review_by = 2027-02-01
[repository.near]
url = "file:/var/backups"
[repository.far]
url = "s3:https://s3.example/backups"
credentials_file = "/etc/far"
may_delete = false
[escrow]
recipients = ["age1a", "age1b"]
files = ["/etc/turnserver.conf"]
identity_file = "/media/key"
[[contact]]
role = "on call"
name = "Ada"
reach = "+49 30 1"
[[contact]]
role = "second"
name = "Bo"
reach = "bo@example.org"
[[notify]]
kind = "webhook"
url = "https://ops.example/hook/7"
credentials_file = "/etc/hook"
[[notify]]
kind = "email"
name = "night"
url = "smtp://relay.example"
from = "syncwatch@example.org"
to = ["ada@example.org", "bo@example.org"]
ca_file = "/etc/ca.pem"
encrypted = false
about = ["critical"]
[heartbeat]
url_file = "/etc/heartbeat"
fail_url = "https://hc.example"
)");
    ASSERT_TRUE(faults.empty()) << faults.front().where << ' ' << faults.front().what;
    const std::map<std::string, std::string> expected{
        {"plan_version", "7"},
        {"review_by", "2027-02-01"},
        {"repository.near.url", "file:/var/backups"},
        {"repository.near.may_delete", "true"},
        {"repository.far.url", "s3:https://s3.example/backups"},
        {"repository.far.credentials_file", "/etc/far"},
        {"repository.far.may_delete", "false"},
        {"escrow.recipients.1", "age1a"},
        {"escrow.recipients.2", "age1b"},
        {"escrow.files.1", "/etc/turnserver.conf"},
        {"escrow.identity_file", "/media/key"},
        {"contact.1", "on call: Ada, +49 30 1"},
        {"contact.2", "second: Bo, bo@example.org"},
        {"notify.webhook.kind", "webhook"},
        {"notify.webhook.url", "https://ops.example/… (dab68ff4)"},
        {"notify.webhook.credentials_file", "/etc/hook"},
        {"notify.webhook.about", "critical, warning, news"},
        {"notify.night.kind", "email"},
        {"notify.night.url", "smtp://relay.example"},
        {"notify.night.from", "syncwatch@example.org"},
        {"notify.night.to", "ada@example.org, bo@example.org"},
        {"notify.night.ca_file", "/etc/ca.pem"},
        {"notify.night.encrypted", "false"},
        {"notify.night.about", "critical"},
        {"heartbeat.url_file", "/etc/heartbeat"},
        {"heartbeat.fail_url", "https://hc.example"},
    };
    EXPECT_EQ(entries(plan), expected);
}

TEST(PlanFileTest, AFileSaysAllThatIsWrongWithItAtOnce) {
    const auto [plan, faults] = read_plan(R"(
plan_version = "one"
review_by = "soon"
[objective.app]
rpo = "1 minute"
[objective.cellar]
rto = "1h"
[backup.redis]
snapshot = "now and then"
copies = 3
[repository.near]
credentials_file = "x"
[verification]
restore_test = 4
[[contact]]
telephone = "1"
[[notify]]
kind = "pigeon"
[[notify]]
kind = "slack"
about = ["gossip"]
to = ["ada@example.org"]
[heartbeat]
every = "1m"
)");
    std::vector<std::string> where;
    for (const Finding& each : faults) {
        where.push_back(each.where);
        EXPECT_EQ(each.kind, Finding::Kind::Fault);
        EXPECT_FALSE(each.what.empty());
        EXPECT_TRUE(each.hint.ends_with('.')) << each.hint;
    }
    const std::vector<std::string> expected{
        "plan_version",        "review_by",
        "objective.app.rpo",   "objective.app.rto",
        "objective.cellar",    "backup.redis.snapshot",
        "backup.redis.keep",   "backup.redis.copies",
        "repository.near.url", "verification.restore_test",
        "contact.telephone",   "notify.kind",
        "notify.about",        "notify.to",
        "heartbeat.every",
    };
    EXPECT_EQ(where, expected);
}

TEST(PlanFileTest, WhatIsNoTomlSaysWhichLine) {
    const auto [plan, faults] = read_plan("plan_version = 1\n[objective\n");
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_EQ(faults[0].where, "line 2");
}

TEST(PlanFileTest, SectionsThatAreNoneAreFaults) {
    EXPECT_EQ(read_plan("objective = 1\ncontact = 2\nbackup = [1]\n").faults.size(), 3u);
}

}  // namespace
}  // namespace syncwatch::apps
