#include "apps/canary/canary_settings.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "apps/config/load.h"
#include "harness/must.h"
#include "harness/temp_folder.h"

namespace syncwatch::apps {
namespace {

/// What a program with that environment would be set to.
config::Settings settings_by(const std::vector<std::string>& environment) {
    config::Sources sources;
    for (const std::string& each : environment) {
        const std::size_t equals = each.find('=');
        sources.environment[each.substr(0, equals)] = each.substr(equals + 1);
    }
    auto loaded = config::load(sources);
    EXPECT_TRUE(loaded.problems.empty()) << loaded.problems.front().text();
    return loaded.settings;
}

/// One that has everything that could reach beyond a test.
config::Settings production(const TempFolder& folder) {
    config::Settings settings;
    settings.server.address = "0.0.0.0";
    settings.server.port = 443;
    settings.tls.cert = "/etc/cert.pem";
    settings.data.dir = folder.path() / "data";
    settings.postgres.url = "postgres://sw:secret@db1,db2:5433/films?sslmode=verify-full";
    settings.bus.url = "redis://redis1";
    settings.recovery.plan = "/etc/syncwatch/plan.toml";
    settings.recovery.redis_url = "redis://redis1";
    settings.recovery.pg_url = "postgres://backup@db1";
    settings.s3.url = "s3:https://s3.example/films?region=eu";
    settings.s3.credentials_file = folder.path();
    settings.s3.redirect = true;
    settings.second.folder = folder.path();
    return settings;
}

TEST(CanarySettingsTest, NothingOfTheInstallationIsReachedButItsFilms) {
    const TempFolder folder;
    RestoredDatabase database;
    database.folder = folder.path();
    database.socket = folder.path() / "a folder";
    const auto by = settings_by(must(canary_environment(production(folder), database)));
    EXPECT_EQ(by.server.address, "127.0.0.1");
    EXPECT_EQ(by.server.port, 0);
    EXPECT_EQ(by.data.dir, folder.path() / "canary");
    EXPECT_EQ(
        by.postgres.url, "postgres://sw@/films?host=" + [&] {
            std::string encoded;
            for (const char c : (folder.path() / "a").string()) {
                encoded += c == '/' ? std::string("%2F") : std::string(1, c);
            }
            return encoded;
        }() + "%20folder&port=5432");
    EXPECT_FALSE(by.bus.on());
    EXPECT_FALSE(by.tls.on());
    EXPECT_EQ(by.recovery, config::RecoverySettings());
    EXPECT_FALSE(by.media.work);
    EXPECT_EQ(by.accounts.sign_up, SignUp::Closed);
    EXPECT_EQ(by.s3.url, "s3:https://s3.example/films?region=eu");
    EXPECT_EQ(by.s3.credentials_file, folder.path());
    EXPECT_FALSE(by.s3.redirect);
    EXPECT_EQ(by.second.folder, folder.path());
}

TEST(CanarySettingsTest, WhereFilmsCannotBeHadTheRestIsTried) {
    const TempFolder folder;
    config::Settings settings;
    settings.data.dir = folder.path() / "nothing here";
    RestoredDatabase database;
    database.folder = folder.path();
    database.file = folder.path() / "syncwatch.db";
    EXPECT_TRUE(films_out_of_reach(settings));
    const auto by = settings_by(must(canary_environment(settings, database)));
    EXPECT_EQ(by.database_path(), database.file);
    EXPECT_EQ(by.objects_path(), folder.path() / "canary" / "objects");
    settings.data.dir = folder.path();
    std::filesystem::create_directory(folder.path() / "objects");
    EXPECT_FALSE(films_out_of_reach(settings));
}

TEST(CanarySettingsTest, AServerOfWhichNobodySaysWhichDatabaseIsOursIsNotTried) {
    RestoredDatabase database;
    database.socket = "/somewhere";
    EXPECT_FALSE(canary_environment(config::Settings(), database));
}

}  // namespace
}  // namespace syncwatch::apps
