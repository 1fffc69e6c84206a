#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <wordexp.h>

#include "apps/command/command_line.h"
#include "apps/papers/render.h"
#include "apps/plan/plan_file.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
using recovery::Standing;

const WallTime kNow = parse_rfc3339("2026-11-30T08:00:00Z").value();

Standing standing(const std::string& component, const std::string& part) {
    Standing one;
    one.component = component;
    one.part = part;
    one.loss = 40s;
    one.promised_loss = 24h;
    one.promised_time = 30min;
    one.time = 6400ms;
    one.restore_took = 3200ms;
    one.restored_bytes = 1'200'000'000;
    one.restored = one.verified = one.backed_up = kNow - std::chrono::hours(4);
    return one;
}

/// By the package, on SQLite, with one place for backups.
PaperFacts embedded() {
    PaperFacts facts;
    facts.plan =
        read_plan(std::string(default_plan_text()) +
                  "[repository.near]\nurl = \"file:/mnt/backups/syncwatch\"\n"
                  "[[contact]]\nrole = \"on call\"\nname = \"Ada\"\nreach = \"+44 1 | 2\"\n")
            .plan;
    facts.plan_name = "/etc/syncwatch/plan.toml";
    facts.version = "0.1.0";
    facts.now = kNow;
    facts.cluster = "0123abcd";
    facts.by_systemd = true;
    facts.user = "syncwatch";
    facts.settings.config_file = "/etc/syncwatch/syncwatch.toml";
    facts.settings.data.dir = "/var/lib/syncwatch";
    facts.settings.node.name = "films";
    facts.standings = {standing("sqlite", "database"), standing("config", "")};
    return facts;
}

/// With every engine, and secrets wherever one can be.
PaperFacts production() {
    PaperFacts facts = embedded();
    facts.plan = read_plan(std::string(default_plan_text()) +
                           "[repository.near]\nurl = \"s3:https://s3.example/backups\"\n"
                           "credentials_file = \"/etc/syncwatch/near\"\n[escrow]\nrecipients = "
                           "[\"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\"]\n")
                     .plan;
    auto& settings = facts.settings;
    settings.postgres.url = "postgres://sw:hunter2@db1,db2/films?sslmode=require";
    settings.postgres.password = "hunter2";
    settings.bus.url = "sentinel://sw:hunter3@s1,s2:26379/films";
    settings.bus.password = "hunter3";
    settings.recovery.redis_url = "rediss://backup:hunter4@redis1:6380";
    settings.recovery.redis_password = "hunter4";
    settings.s3.url = "s3:https://s3.example/films";
    settings.second.s3.url = "s3:https://s3.other/films";
    settings.ice.servers = {"stun:turn.example:3478", "turns:turn.example:5349?transport=tcp"};
    settings.ice.turn_secret = settings.metrics.token = "hunter5";
    facts.standings = {standing("pg", "database"), standing("redis", "redis"),
                       standing("objects", "objects"), standing("secrets", "")};
    facts.silent = {"near: the store does not answer"};
    return facts;
}

std::vector<PaperFacts> installations() {
    PaperFacts by_hand = embedded();
    by_hand.by_systemd = false;
    by_hand.settings.config_file.clear();
    by_hand.settings.data.dir = "/srv/Ada's films";
    by_hand.settings.second.folder = "/mnt/second store";
    by_hand.standings.clear();
    by_hand.plan.repositories.clear();
    PaperFacts own_postgres = production();
    own_postgres.settings.config_file.clear();
    own_postgres.by_systemd = false;
    own_postgres.settings.recovery.pg_data = "/srv/pg/data";
    own_postgres.settings.recovery.pg_port = 6000;
    own_postgres.settings.recovery.plan = "/srv/plan.toml";
    own_postgres.settings.bus.url = "redis://localhost";
    return {embedded(), production(), by_hand, own_postgres};
}

/// The lines between ```sh and ```.
std::vector<std::string> fenced(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        line.erase(0, line.find_first_not_of(' '));
        if (line.starts_with("```")) {
            inside = line == "```sh";
        } else if (inside) {
            lines.push_back(line);
        }
    }
    return lines;
}

/// What stands between backticks in sentences.
std::vector<std::string> quoted(const std::string& text) {
    std::vector<std::string> found;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        if (line.find("```") != std::string::npos) continue;
        for (std::size_t at = 0; (at = line.find('`', at)) != std::string::npos;) {
            const std::size_t end = line.find('`', at + 1);
            if (end == std::string::npos) break;
            found.push_back(line.substr(at + 1, end - at - 1));
            at = end + 1;
        }
    }
    return found;
}

/// As a shell does, but for redirections.
std::vector<std::string> split(const std::string& line) {
    ::wordexp_t read{};
    if (::wordexp(line.c_str(), &read, WRDE_NOCMD | WRDE_UNDEF) != 0) return {"?"};
    std::vector<std::string> words(read.we_wordv, read.we_wordv + read.we_wordc);
    ::wordfree(&read);
    return words;
}

/// nullopt: it is no command of ours.
std::optional<std::vector<std::string>> ours(const std::string& line) {
    const auto at = line.find("syncwatch ");
    const bool begins = at == 0 ||
                        (line.starts_with("sudo ") && at != std::string::npos &&
                         line.find("syncwatch syncwatch ") != std::string::npos) ||
                        line.starts_with("sudo syncwatch ") ||
                        line.starts_with("sudo -u postgres syncwatch ");
    if (!begins) return std::nullopt;
    std::vector<std::string> words = split(line);
    if (words.front() == "sudo") words.erase(words.begin());
    if (words.front() == "-u") words.erase(words.begin(), words.begin() + 2);
    words.erase(words.begin());
    return words;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(PapersTest, EveryCommandInItCanBeTyped) {
    for (const PaperFacts& facts : installations()) {
        const std::string text = markdown(make_paper(facts));
        std::size_t count = 0;
        std::vector<std::string> all = fenced(text);
        for (const std::string& each : quoted(text)) all.push_back(each);
        for (const std::string& line : all) {
            const auto words = ours(line);
            if (!words) continue;
            ++count;
            const auto wrong = misspelt(*words);
            EXPECT_FALSE(wrong) << line << ": " << wrong->what;
        }
        EXPECT_GT(count, 30U) << text;
    }
    EXPECT_TRUE(misspelt({"restore", "database", "--dry-ran"}));
    EXPECT_TRUE(misspelt({"restore"}));
}

TEST(PapersTest, WhatIsNotOursIsAProgramThatThereIs) {
    const std::set<std::string> known{"sudo",   "sqlite3",    "psql",
                                      "pg_ctl", "patronictl", "redis-cli",
                                      "nano",   "rm",         "turnutils_stunclient"};
    for (const PaperFacts& facts : installations()) {
        for (const std::string& line : fenced(markdown(make_paper(facts)))) {
            const std::string first = line.substr(0, line.find(' '));
            EXPECT_TRUE(first == "syncwatch" || known.contains(first)) << line;
            const std::string checked =
                "bash -n <<'END-OF-LINE' 2>/dev/null\n" + line + "\nEND-OF-LINE\n";
            EXPECT_EQ(std::system(checked.c_str()), 0) << line;
        }
    }
}

TEST(PapersTest, NoSecretIsInIt) {
    for (const PaperFacts& facts : installations()) {
        const Paper paper = make_paper(facts);
        EXPECT_FALSE(has(markdown(paper), "hunter")) << markdown(paper);
    }
}

TEST(PapersTest, WhatWasMeasuredStandsBesideWhatIsPromised) {
    const std::string text = markdown(make_paper(embedded()));
    EXPECT_TRUE(has(text,
                    "| database (sqlite) | 30 min | 3.2 s for 1.2 GB at 2026-11-30T04:00Z | 6.4 s "
                    "| 24 h | 40 s | yes |"))
        << text;
    EXPECT_TRUE(has(text, "**Promised**: back within 30 min.\n**Takes**: about 6.4 s")) << text;
    EXPECT_TRUE(has(text,
                    "| database | full Sun 02:00, differential daily 02:00, log continuous | "
                    "near | 30 days, 5 full ones at least | STANDARD_IA |"))
        << text;
    EXPECT_TRUE(has(text, "| on call | Ada | +44 1 \\| 2 |")) << text;
}

TEST(PapersTest, WhatWasCarriedOutStandsThereWithItsTime) {
    PaperFacts facts = embedded();
    EXPECT_TRUE(has(markdown(make_paper(facts)),
                    "**Carried out**: never, here. Whoever has, notes it: `sudo -u syncwatch "
                    "syncwatch plan note database-lost --since MOMENT --config "
                    "/etc/syncwatch/syncwatch.toml`."));
    for (int i = 0; i < 7; ++i) {
        facts.carried_out.push_back(
            {i == 5 ? "objects-lost" : "database-lost", kNow + std::chrono::hours(i),
             std::chrono::milliseconds(5012 + i * 1000), "films", i == 6 ? "a drill, 243 MB" : ""});
    }
    const Paper paper = make_paper(facts);
    EXPECT_TRUE(has(markdown(paper),
                    "**Carried out**: 2026-11-30T14:00Z in 11.0 s, a drill, 243 MB; "
                    "2026-11-30T12:00Z in 9.0 s; 2026-11-30T11:00Z in 8.0 s; 2026-11-30T10:00Z in "
                    "7.0 s; 2026-11-30T09:00Z in 6.0 s. From the loss until all was right.\n"))
        << markdown(paper);
    const auto said = paper_json(paper);
    EXPECT_EQ(said.at("procedures").at(0).at("carried_out").as_array().size(), 6U);
    EXPECT_EQ(said.at("procedures").at(0).at("carried_out").at(0).at("seconds"), 5.012);
}

TEST(PapersTest, WhatWasNeverTriedIsSaidFirstAndLoudly) {
    PaperFacts facts = embedded();
    Standing& database = facts.standings.front();
    database.time.reset();
    database.restored = WallTime{};
    const Paper paper = make_paper(facts);
    ASSERT_FALSE(paper.missing.empty());
    EXPECT_TRUE(has(paper.missing.front(), "sqlite WAS NEVER RESTORED IN A TEST"));
    EXPECT_TRUE(has(paper.missing.front(),
                    "sudo -u syncwatch syncwatch backup restore-test --config "
                    "/etc/syncwatch/syncwatch.toml"));
    const std::string text = markdown(paper);
    EXPECT_LT(text.find("NEVER RESTORED"), text.find("## What is promised"));
    EXPECT_TRUE(has(text, "**Takes**: **nobody knows of sqlite**: never restored in a test"));
    EXPECT_TRUE(has(text, "| **never** |"));
}

TEST(PapersTest, WhatIsWrongIsSaid) {
    const auto first = [](auto change) {
        PaperFacts facts = embedded();
        change(facts, facts.standings.front());
        const Paper paper = make_paper(facts);
        return paper.missing.empty() ? std::string() : paper.missing.front();
    };
    EXPECT_EQ(first([](PaperFacts&, Standing&) {}), "");
    EXPECT_TRUE(has(first([](PaperFacts&, Standing& one) { one.damaged = true; }), "damaged"));
    EXPECT_TRUE(has(first([](PaperFacts&, Standing& one) { one.loss.reset(); }), "no backup of"));
    EXPECT_TRUE(has(first([](PaperFacts&, Standing& one) { one.loss = 48h; }),
                    "Of sqlite 2 days would be lost**, 24 h is promised"));
    EXPECT_TRUE(has(first([](PaperFacts&, Standing& one) { one.time = 2h; }), "come back"));
    EXPECT_TRUE(has(first([](PaperFacts& facts, Standing&) { facts.now += 72h; }),
                    "sqlite was last restored in a test"));
    EXPECT_TRUE(has(first([](PaperFacts& facts, Standing&) { facts.silent = {"near is away"}; }),
                    "Not known now**: near is away"));
}

TEST(PapersTest, ProceduresAreThoseOfItsEngines) {
    const auto names = [](const PaperFacts& facts) {
        std::set<std::string> all;
        for (const Procedure& each : make_paper(facts).procedures) {
            all.insert(each.name);
            EXPECT_FALSE(each.signs.empty() || each.steps.empty() || each.checks.empty() ||
                         each.effect.empty() || each.decision.empty() || each.way_back.empty() ||
                         each.expected.empty())
                << each.name;
        }
        return all;
    };
    const std::set<std::string> always{"database-lost", "database-mistake", "objects-lost",
                                       "settings-lost", "backup-damaged",   "repository-away",
                                       "machine-lost",  "server-down",      "bad-release"};
    EXPECT_EQ(names(embedded()), always);
    std::set<std::string> all = always;
    all.insert({"redis-lost", "redis-data-lost", "turn-down"});
    EXPECT_EQ(names(production()), all);
    EXPECT_FALSE(has(markdown(make_paper(embedded())), "postgresql"));
    const std::string text = markdown(make_paper(production()));
    EXPECT_FALSE(has(text, "sqlite"));
    EXPECT_TRUE(has(text, "sudo systemctl stop postgresql@15-main"));
    EXPECT_TRUE(has(text, "redis-cli --askpass -h s1 -p 26379 SENTINEL CKQUORUM films"));
    EXPECT_TRUE(has(text, "turnutils_stunclient turn.example"));
}

TEST(PapersTest, ProgramsGetTheSame) {
    const auto said = paper_json(make_paper(embedded()));
    EXPECT_EQ(said.at("promises").at(1).at("test_seconds"), 3.2);
    EXPECT_TRUE(said.at("promises").at(2).at("tested").is_null());
    EXPECT_EQ(said.at("procedures").at(0).at("name"), "database-lost");
    EXPECT_EQ(said.at("procedures").at(0).at("steps").at(1).at("commands").at(0),
              "sudo -u syncwatch syncwatch backup list --config /etc/syncwatch/syncwatch.toml");
}

}  // namespace
}  // namespace syncwatch::apps
