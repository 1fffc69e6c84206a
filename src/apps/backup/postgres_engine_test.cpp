#include "apps/backup/postgres_engine.h"

#include <fstream>

#include <gtest/gtest.h>

#include "harness/temp_folder.h"

namespace syncwatch::apps {
namespace {

TEST(PostgresEngineTest, ItsRepositoriesAreThePlansNearestFirst) {
    const TempFolder folder;
    const auto keys = folder.path() / "keys";
    std::ofstream(keys) << "aws_access_key_id = KEY\naws_secret_access_key = SECRET\n";
    recovery::Plan plan;
    plan.repositories["far"].url = "s3:https://store.example:8443/bucket/deep?region=eu";
    plan.repositories["far"].credentials_file = keys;
    plan.repositories["near"].url = "file:/mnt/backups";
    const auto options = pgbackrest_options(config::Settings(), plan);
    ASSERT_TRUE(options) << options.error().message;
    ASSERT_EQ(options->repositories.size(), 2u);
    EXPECT_EQ(options->repositories[0].path, "/mnt/backups/pgbackrest");
    const auto& far = options->repositories[1];
    EXPECT_EQ(far.name, "far");
    EXPECT_EQ(far.path, "/deep/pgbackrest");
    ASSERT_TRUE(far.s3);
    EXPECT_EQ(far.s3->host, "store.example");
    EXPECT_EQ(far.s3->port, 8443);
    EXPECT_EQ(far.s3->region, "eu");
    EXPECT_EQ(far.s3->secret, "SECRET");

    EXPECT_EQ(far.passphrase, "");
    const auto key = folder.path() / "key";
    plan.repositories["far"].key_file = key;
    EXPECT_EQ(pgbackrest_options(config::Settings(), plan).error().reason, "no_repository_key");
    std::ofstream(key) << "syncwatch-repository-key:" << std::string(43, 'A') << "\n";
    const auto encrypted = pgbackrest_options(config::Settings(), plan);
    ASSERT_TRUE(encrypted) << encrypted.error().message;
    EXPECT_EQ(encrypted->repositories[0].passphrase, "");
    EXPECT_EQ(encrypted->repositories[1].passphrase.size(), 43u);
    EXPECT_EQ(encrypted->repositories[1].passphrase.find("AAAA"), std::string::npos);
    const auto text = pgbackrest::configuration_text(*encrypted);
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_NE(text->find("repo2-cipher-type=aes-256-cbc\nrepo2-cipher-pass="), std::string::npos);
    EXPECT_EQ(text->find("repo1-cipher"), std::string::npos);

    plan.repositories["far"].url = "s3:http://store.example/bucket";
    const auto plain = pgbackrest_options(config::Settings(), plan);
    ASSERT_FALSE(plain);
    EXPECT_NE(plain.error().message.find("TLS"), std::string::npos) << plain.error().message;
    EXPECT_EQ(pgbackrest_options(config::Settings(), {}).error().reason, "no_repository");
}

TEST(PostgresEngineTest, WhatAShellWouldReadOtherwiseIsNoPartOfItsCommand) {
    config::Settings settings;
    settings.recovery.plan = "/etc/syncwatch/my plan.toml";
    const auto command = fetch_command(settings);
    ASSERT_TRUE(command);
    EXPECT_NE(command->find("wal-get --recovery-plan \"/etc/syncwatch/my plan.toml\" "),
              std::string::npos)
        << *command;
    EXPECT_TRUE(command->ends_with(" %f \"%p\"")) << *command;
    for (const char* odd : {"/a'b", "/a\"b", "/a$b", "/a%b", "/a`b", "/a\\b", "/a;b"}) {
        settings.recovery.pg_work = odd;
        EXPECT_FALSE(fetch_command(settings)) << odd;
    }
}

}  // namespace
}  // namespace syncwatch::apps
