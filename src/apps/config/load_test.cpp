#include "apps/config/load.h"

#include <fstream>

#include <gtest/gtest.h>

#include "apps/config/keys.h"
#include "apps/config/values.h"
#include "harness/temp_folder.h"

namespace syncwatch::config {
namespace {

using namespace std::chrono_literals;

Loaded from_toml(std::string_view text) {
    Loaded loaded;
    read_toml(text, "f.toml", loaded);
    return loaded;
}

std::vector<std::string> texts(const Loaded& loaded) {
    std::vector<std::string> out;
    for (const Problem& each : loaded.problems) out.push_back(each.text());
    return out;
}

TEST(LoadTest, TheDefaultsOfTheTableAreThoseOfTheSettings) {
    for (const Key& key : keys()) {
        if (key.fallback.empty()) continue;
        Settings settings;
        const bool taken = key.take(settings, {std::string(key.fallback)});
        EXPECT_TRUE(taken && settings == Settings()) << key.name;
    }
}

TEST(LoadTest, KeysHaveNamesThatNoOtherKeyHas) {
    std::vector<std::string> variables;
    for (const Key& key : keys()) {
        EXPECT_EQ(find_key(key.name), &key);
        for (const auto& each : variables) EXPECT_NE(each, key.environment());
        variables.push_back(key.environment());
        EXPECT_FALSE(key.help.empty()) << key.name;
        EXPECT_TRUE(key.help.ends_with('.')) << key.name;
    }
}

TEST(LoadTest, ASecondStoreIsAnotherOne) {
    Sources sources;
    sources.flags = {{"data.dir", "/data"}, {"objects.second", "file:/data/./objects"}};
    const auto same = texts(load(sources));
    ASSERT_EQ(same.size(), 1u);
    EXPECT_NE(same[0].find("is the first store"), std::string::npos) << same[0];
    sources.flags["objects.second"] = "s3:https://b.example/films";
    const auto keyless = texts(load(sources));
    ASSERT_EQ(keyless.size(), 1u);
    EXPECT_NE(keyless[0].find("objects.second_credentials_file"), std::string::npos) << keyless[0];
    sources.flags["objects.second"] = "file:/elsewhere";
    const Loaded fine = load(sources);
    EXPECT_TRUE(fine.problems.empty());
    EXPECT_TRUE(fine.settings.second.on());
    EXPECT_EQ(fine.settings.second.name(), "file:/elsewhere");
}

TEST(LoadTest, AFileIsRead) {
    const Loaded loaded = from_toml(R"(
[server]
listen = "[::]:443"
threads = 4
trusted_proxies = ["10.0.0.0/8", "::1"]
[accounts]
guests_may_upload = true
sign_up = "closed"
session = "2h"
[database]
url = "sqlite:/x/y.db"
[uploads]
max_size = "3GB"
)");
    EXPECT_EQ(texts(loaded), std::vector<std::string>());
    const Settings& s = loaded.settings;
    EXPECT_EQ(s.server.address, "::");
    EXPECT_EQ(s.server.port, 443);
    EXPECT_EQ(s.server.threads, 4u);
    EXPECT_EQ(s.server.trusted_proxies, (std::vector<std::string>{"10.0.0.0/8", "::1"}));
    EXPECT_TRUE(s.accounts.guests_may_upload);
    EXPECT_EQ(s.accounts.sign_up, SignUp::Closed);
    EXPECT_EQ(s.accounts.session, 2h);
    EXPECT_EQ(s.database_path(), "/x/y.db");
    EXPECT_EQ(s.uploads.max_bytes, 3'000'000'000u);
    EXPECT_TRUE(s.listens_beyond_loopback());
}

TEST(LoadTest, EverythingThatIsWrongIsSaidAtOnceWithWhatWouldBeRight) {
    const Loaded loaded = from_toml(R"(
listen = "1.2.3.4:80"
[server]
lisetn = "127.0.0.1:80"
listen = "8080"
threads = "4"
[servr]
threads = 4
[accounts]
sign_up = "everybody"
[ice]
turn_secret = "hush"
servers = "stun:a"
[metrics]
allow = ["here"]
)");
    EXPECT_EQ(
        texts(loaded),
        (std::vector<std::string>{
            "accounts.sign_up (f.toml, line 10) is \"everybody\": must be open, invitation or "
            "closed",
            "ice.servers (f.toml, line 13) must be a list of texts, as in [\"a\", \"b\"]",
            "ice.turn_secret (f.toml, line 12) is a secret: put it into a file and name that "
            "in ice.turn_secret_file, or into SYNCWATCH_ICE_TURN_SECRET",
            "listen (f.toml, line 2) stands outside its section: write it under [server]",
            "metrics.allow (f.toml, line 15) is \"here\": must be IP addresses",
            "server.lisetn (f.toml, line 4) is not a setting: did you mean server.listen?",
            "server.listen (f.toml, line 5) is \"8080\": must be an address and a port, as in "
            "\"127.0.0.1:8080\" or \"[::]:443\"",
            "server.threads (f.toml, line 6) must be a number, without quotes",
            "servr (f.toml, line 7) is not a section: did you mean [server]?",
        }));
}

TEST(LoadTest, WhatIsNotTomlIsSaidWithItsLine) {
    const Loaded loaded = from_toml("[server]\nlisten = \n");
    ASSERT_EQ(loaded.problems.size(), 1u);
    EXPECT_EQ(loaded.problems[0].where, "f.toml, line 2");
    EXPECT_TRUE(loaded.problems[0].what.starts_with("is not TOML: "));
}

TEST(LoadTest, FlagsWinOverTheEnvironmentAndThatOverTheFile) {
    TempFolder folder;
    Sources sources;
    sources.file = folder.path() / "c.toml";
    std::ofstream(*sources.file) << "[server]\nlisten = \"127.0.0.1:1\"\nthreads = 1\n"
                                    "max_connections = 100\n";
    sources.environment = {{"SYNCWATCH_SERVER_LISTEN", "127.0.0.1:2"},
                           {"SYNCWATCH_SERVER_THREADS", "2"},
                           {"HOME", "/x"}};
    sources.flags = {{"server.listen", "127.0.0.1:3"}};
    const Loaded loaded = load(sources);
    EXPECT_EQ(texts(loaded), std::vector<std::string>());
    EXPECT_EQ(loaded.settings.server.port, 3);
    EXPECT_EQ(loaded.settings.server.threads, 2u);
    EXPECT_EQ(loaded.settings.server.max_connections, 100u);
    EXPECT_FALSE(loaded.settings.data.dir.empty());
    EXPECT_FALSE(loaded.settings.node.name.empty());
}

TEST(LoadTest, AVariableWithATypingErrorIsAProblemAndAnotherProgramsIsNot) {
    Sources sources;
    sources.environment = {{"SYNCWATCH_SERVER_LISTN", "127.0.0.1:1"},
                           {"SYNCWATCH_SERVICE_HOST", "10.0.0.1"},
                           {"SYNCWATCH_PORT", "tcp://10.0.0.1:80"},
                           {"SYNCWATCH_CONFIG", "x"}};
    const Loaded loaded = load(sources);
    EXPECT_EQ(texts(loaded), (std::vector<std::string>{
                                 "SYNCWATCH_SERVER_LISTN (the environment) is not a setting: "
                                 "did you mean SYNCWATCH_SERVER_LISTEN?"}));
}

TEST(LoadTest, SecretsComeFromAFileOrTheEnvironmentAndAreNeverShown) {
    TempFolder folder;
    std::ofstream(folder.path() / "secret") << "hush-hush\n";
    Sources sources;
    sources.file = folder.path() / "c.toml";
    std::ofstream(*sources.file) << "[ice]\nservers = [\"turn:t.example\"]\nturn_secret_file = \""
                                 << (folder.path() / "secret").string() << "\"\n";
    sources.environment = {{"SYNCWATCH_METRICS_TOKEN", "tooshort"}};
    const Loaded loaded = load(sources);
    EXPECT_EQ(loaded.settings.ice.turn_secret, "hush-hush");
    EXPECT_EQ(texts(loaded),
              (std::vector<std::string>{
                  "metrics.token (SYNCWATCH_METRICS_TOKEN) is what it is: must be at "
                  "least 16 characters"}));

    sources.environment = {{"SYNCWATCH_METRICS_TOKEN_FILE", "/no/such/file"}};
    EXPECT_EQ(texts(load(sources)),
              (std::vector<std::string>{"metrics.token_file (SYNCWATCH_METRICS_TOKEN_FILE) is "
                                        "\"/no/such/file\", which cannot be read: No such file or "
                                        "directory"}));
}

TEST(LoadTest, ValuesThatDoNotGoTogetherAreSaid) {
    Sources sources;
    sources.flags = {{"tls.cert", "/c.pem"}, {"ice.servers", "stun:a, turn:b"}, {"web.dir", "/no"}};
    const auto said = texts(load(sources));
    ASSERT_EQ(said.size(), 3u);
    EXPECT_TRUE(said[0].starts_with("tls.key ")) << said[0];
    EXPECT_TRUE(said[1].starts_with("ice.turn_secret ")) << said[1];
    EXPECT_TRUE(said[2].starts_with("web.dir ")) << said[2];
}

TEST(LoadTest, AFileThatIsNotThereIsAProblem) {
    Sources sources;
    sources.file = "/no/such/file.toml";
    EXPECT_EQ(texts(load(sources)),
              (std::vector<std::string>{
                  "the file (/no/such/file.toml) cannot be read: No such file or directory"}));
}

}  // namespace
}  // namespace syncwatch::config
