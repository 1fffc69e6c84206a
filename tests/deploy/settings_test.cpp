// The example configurations: that the program takes them, and that they fit one another.

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "apps/config/keys.h"
#include "apps/config/load.h"
#include "deploy/project.h"
#include "harness/temp_folder.h"

namespace syncwatch::deploy {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRegions[] = {"deploy/kubernetes/region-a/syncwatch.toml",
                                    "deploy/kubernetes/region-b/syncwatch.toml"};

/// An example as the program reads it, with a secret in each file that it names.
config::Loaded loaded(const std::string& example, const std::string& secrets) {
    const TempFolder folder;
    std::string text = read(example);
    if (!secrets.empty()) text = changed(text, {{secrets, folder.path().string()}});
    for (const std::string& file : all(text, folder.path().string() + "/([a-z0-9-]+)\"")) {
        std::ofstream(folder.path() / file) << "a-secret-of-some-length\n";
    }
    config::Sources sources;
    sources.file = folder.path() / "syncwatch.toml";
    std::ofstream(*sources.file) << text;
    return config::load(sources);
}

/// The one thing that `pattern` finds in an example.
std::string only(const std::string& file, const std::string& pattern) {
    const auto found = all("\n" + read(file), pattern);
    EXPECT_EQ(found.size(), 1u) << file << ": " << pattern;
    return found.empty() ? std::string() : *found.begin();
}

TEST(ExampleTest, TheProgramTakesEveryExample) {
    std::vector<std::pair<std::string, std::string>> examples = {
        {"deploy/debian/syncwatch.toml", ""}, {"deploy/production.toml", "/etc/syncwatch"}};
    for (const char* region : kRegions) examples.emplace_back(region, "/run/secrets/syncwatch");
    for (const auto& [example, secrets] : examples) {
        const auto read = loaded(example, secrets);
        for (const auto& problem : read.problems)
            ADD_FAILURE() << example << ": " << problem.text();
    }
}

TEST(ExampleTest, WorkersCanShareTheFileOfTheNodes) {
    for (const auto& [example, secrets] : {std::pair{"deploy/production.toml", "/etc/syncwatch"},
                                           std::pair{kRegions[0], "/run/secrets/syncwatch"}}) {
        const auto settings = loaded(example, secrets).settings;
        EXPECT_FALSE(settings.postgres.url.empty()) << example;
        EXPECT_FALSE(settings.bus.url.empty()) << example;
        EXPECT_FALSE(settings.s3.url.empty()) << example;
        EXPECT_FALSE(settings.media.work) << example;
    }
}

TEST(ExampleTest, WhatIsCommentedOutIsASettingToo) {
    const std::string text = read("deploy/debian/syncwatch.toml");
    const std::string all_of_it = changed(text, {{"\n#[", "\n["},
                                                 {"\n#public_url", "\npublic_url"},
                                                 {"\n#trusted_proxies", "\ntrusted_proxies"},
                                                 {"\n#cert", "\ncert"},
                                                 {"\n#key", "\nkey"}});
    EXPECT_EQ(all_of_it.find("\n#p"), std::string::npos);
    config::Loaded read;
    config::read_toml(all_of_it, "syncwatch.toml", read);
    for (const auto& problem : read.problems) ADD_FAILURE() << problem.text();
}

TEST(ExampleTest, TheRegionsDifferInTheirAddressesAlone) {
    EXPECT_EQ(
        changed(read(kRegions[1]),
                {{".b.example", ".a.example"}, {"region=b", "region=a"}, {"10.245.", "10.244."}}),
        read(kRegions[0]));
    EXPECT_EQ(read("deploy/kubernetes/region-a/namespace.yaml"),
              read("deploy/kubernetes/region-b/namespace.yaml"));
}

TEST(ExampleTest, RedisKnowsTheNodesAsTheySayTheyAre) {
    const std::string node = "deploy/production.toml";
    EXPECT_EQ(only(node, "sentinel://[^\"]*/([a-z]+)\""),
              only("deploy/redis/sentinel.conf", "\nsentinel monitor ([a-z]+) "));
    EXPECT_TRUE(all(read(node), "sentinel://[a-z]+@([0-9.]+),")
                    .contains(only("deploy/redis/sentinel.conf", "\nbind ([0-9.]+) ")));
    EXPECT_EQ(only("deploy/redis/sentinel.conf", "\nsentinel monitor [a-z]+ ([0-9.]+) "),
              only("deploy/redis/redis.conf", "\nbind ([0-9.]+) "));
    const std::string user = only(node, "sentinel://([a-z]+)@");
    const std::string rights = only("deploy/redis/users.acl", "\nuser " + user + " on ([^\n]*)");
    for (const std::string& right : all(read("docs/operations.md"), "`?([+&][a-z:]+)[ `]")) {
        EXPECT_NE((rights + " ").find(" " + right + " "), std::string::npos) << right;
    }
}

TEST(ExampleTest, PostgresqlKnowsTheNodesAsTheySayTheyAre) {
    const std::string node = "deploy/production.toml";
    const std::string user = only(node, "postgres://([a-z]+)@");
    const std::string database = only(node, "postgres://[^/\"]*/([a-z]+)[?\"]");
    const std::string first = only(node, "postgres://[a-z]+@([0-9.]+),");
    const std::string roles = read("deploy/postgresql/syncwatch.sql");
    EXPECT_NE(roles.find("CREATE ROLE " + user + " LOGIN"), std::string::npos);
    EXPECT_NE(roles.find("CREATE DATABASE " + database + " OWNER " + user), std::string::npos);
    for (const char* file : {"deploy/postgresql/pg_hba.conf", "deploy/postgresql/patroni.yml"}) {
        EXPECT_EQ(
            all(read(file), "(hostssl) +" + database + " +" + user + " .*scram-sha-256").size(), 1u)
            << file;
    }
    EXPECT_EQ(only("deploy/postgresql/syncwatch.conf", "\nlisten_addresses = '([0-9.]+),"), first);
    EXPECT_EQ(only("deploy/postgresql/patroni.yml", "\n  listen: ([0-9.]+),"), first);
}

TEST(ExampleTest, TheProxyAndTheRelayAreWhereTheNodesLookForThem) {
    const std::string node = "deploy/production.toml";
    const std::string proxy = "deploy/haproxy/haproxy.cfg";
    EXPECT_EQ(only(proxy, "server node-[0-9]+ [0-9.]+:([0-9]+)"),
              only(node, "\nlisten = \"[0-9.]+:([0-9]+)\""));
    EXPECT_EQ(only(proxy, " hdr Host ([a-z.]+)"),
              only(node, "\npublic_url = \"https://([^\"]*)\""));
    EXPECT_EQ(only(proxy, "uri (/health/[a-z]+)"), "/health/ready");
    const std::string relay = "deploy/coturn/turnserver.conf";
    EXPECT_EQ(only(node, "turn:[a-z.]+:([0-9]+)"), only(relay, "\nlistening-port=([0-9]+)"));
    EXPECT_EQ(only(node, "turns:[a-z.]+:([0-9]+)"), only(relay, "\ntls-listening-port=([0-9]+)"));
}

TEST(ExampleTest, NoSecretIsOneThatSomebodyCouldForgetToChange) {
    const std::string secret =
        "(?:\nmasterauth |auth-pass [a-z]+ |\nrequirepass |sentinel-pass "
        "|-auth-secret=|password: | >)([^\n ]+)";
    int found = 0;
    for (const std::string& file : files_under("deploy")) {
        if (file.ends_with(".md") || file.find("/observability/") != std::string::npos) continue;
        for (const std::string& each : all("\n" + read(file), secret)) {
            if (each == "CHANGE-ME" || each.starts_with("CHANGE-ME-")) {
                ++found;
            } else if (file.find("/debian/p") == std::string::npos) {
                ADD_FAILURE() << file << ": " << each;
            }
        }
    }
    EXPECT_GE(found, 12);
}

/// "database.password_file" is a way to give database.password.
bool is_setting(const std::string& name) {
    constexpr std::string_view kFile = "_file";
    if (config::find_key(name) != nullptr) return true;
    return name.ends_with(kFile) &&
           config::find_key(name.substr(0, name.size() - kFile.size())) != nullptr;
}

TEST(DocumentTest, WhatTheyNameIsThere) {
    std::set<std::string> sections;
    for (const auto& key : config::keys()) {
        sections.insert(std::string(key.name.substr(0, key.name.find('.'))));
    }
    std::set<std::string> commands;
    for (const std::string& file : files_under("src/apps/command")) {
        commands.merge(all(read(file), "add_subcommand\\(\\s*\"([a-z]+)\""));
    }
    const auto metrics = all(read("docs/metrics.md"), "`(syncwatch_[a-z_]+)`");
    for (const char* document : {"docs/operations.md", "deploy/README.md"}) {
        const std::string text = read(document);
        for (const std::string& name : all(text, "`([a-z]+\\.[a-z_]+)[` ]")) {
            if (!sections.contains(name.substr(0, name.find('.')))) continue;
            EXPECT_TRUE(is_setting(name)) << document << ": " << name;
        }
        for (const std::string& name : all(text, "(syncwatch_[a-z_]+[a-z])\\b")) {
            EXPECT_TRUE(metrics.contains(name)) << document << ": " << name;
        }
        for (const std::string& path : all(text, "`((?:deploy|docs|scripts)/[a-zA-Z0-9_./-]+)")) {
            EXPECT_TRUE(fs::exists(std::string(SW_SOURCE_ROOT "/") + path))
                << document << ": " << path;
        }
        for (const std::string& name :
             all(text, "[`\n] *(?:sudo -u syncwatch )?syncwatch ([a-z]+)")) {
            EXPECT_TRUE(commands.contains(name)) << document << ": syncwatch " << name;
        }
    }
}

TEST(DocumentTest, TheReadmeLeavesNothingOut) {
    const std::string text = read("deploy/README.md");
    for (const auto& each : fs::directory_iterator(SW_SOURCE_ROOT "/deploy")) {
        const std::string name = each.path().filename();
        if (name == "README.md") continue;
        EXPECT_NE(text.find("`" + name), std::string::npos) << name;
    }
}

}  // namespace
}  // namespace syncwatch::deploy
