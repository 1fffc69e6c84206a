// What of an installation goes into which bundle.
#include "apps/escrow/bundles.h"

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "apps/escrow/named_files.h"
#include "harness/must.h"
#include "harness/temp_folder.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
using recovery::Bundle;

class BundlesTest : public testing::Test {
protected:
    BundlesTest() {
        sources_.units = folder_.path() / "systemd";
        sources_.settings.node.name = "n1";
    }
    fs::path write(const std::string& name, const std::string& text) const {
        const fs::path file = folder_.path() / name;
        fs::create_directories(file.parent_path());
        std::ofstream(file) << text;
        return file;
    }
    void configure(const std::string& text) {
        sources_.settings.config_file = write("sw.toml", text);
    }
    Installation look() const { return must(look_at_installation(sources_)); }
    static std::string all_of(const Bundle& bundle) {
        std::string all = recovery::write_manifest(bundle.about);
        for (const std::string& each : bundle.contents) all += each;
        return all;
    }
    /// nullptr: it is not in it.
    static const recovery::BundledFile* find(const Bundle& bundle, const fs::path& file) {
        const auto& files = bundle.about.files;
        const auto found = std::ranges::find(files, file.string(), &recovery::BundledFile::path);
        return found == files.end() ? nullptr : &*found;
    }

    TempFolder folder_;
    InstallationSources sources_;
};

TEST_F(BundlesTest, SecretsAreInOneAndInNoWayInTheOther) {
    const std::string token = "metrics-token-of-this-node";
    configure(
        "# once it was hunter2-hunter2\n[database]\nurl = "
        "\"postgres://sw:hunter2-hunter2@db/sw\"\n");
    sources_.settings.postgres.url = "postgres://sw:hunter2-hunter2@db/sw?sslkey=" +
                                     write("client.key", "key of the client").string();
    sources_.settings.metrics.token = token;
    sources_.settings.secret_files["metrics.token"] = write("token", token + "\n");
    sources_.settings.tls.cert = write("chain.pem", "-----BEGIN CERTIFICATE-----\n");
    sources_.settings.tls.key = write("key.pem", "-----BEGIN PRIVATE KEY-----\nMIIxyz\n");
    sources_.plan.repositories["near"].credentials_file =
        write("s3", "aws_access_key_id = AK\naws_secret_access_key = wJalrXUtnFEMI\n").string();
    sources_.plan.escrow_files = {write("turnserver.conf", "static-auth-secret=x1\n").string()};
    sources_.environment = {{"SYNCWATCH_BUS_PASSWORD", "redis-pass word"},
                            {"SYNCWATCH_LOG_LEVEL", "debug"},
                            {"HOME", "/root"}};
    write("systemd/syncwatch.service.d/x.conf",
          "[Service]\nEnvironment=SYNCWATCH_ICE_TURN_SECRET=turn-turn\nEnvironmentFile=" +
              write("variables", "SYNCWATCH_BUS_SENTINEL_PASSWORD=sent\n").string() + "\n");

    const Installation installation = look();
    const std::string open = all_of(config_bundle(installation));
    const std::string closed = all_of(secrets_bundle(installation));
    for (const std::string& secret :
         {std::string("hunter2"), token, std::string("MIIxyz"), std::string("wJalrXUtnFEMI"),
          std::string("static-auth"), std::string("redis-pass"), std::string("turn-turn"),
          std::string("=sent"), std::string("key of the client")}) {
        EXPECT_EQ(open.find(secret), std::string::npos) << secret << " in\n" << open;
        EXPECT_NE(closed.find(secret), std::string::npos) << secret << " not in\n" << closed;
    }
    EXPECT_NE(open.find("postgres://sw:REDACTED@db/sw"), std::string::npos) << open;
    EXPECT_NE(open.find("BEGIN CERTIFICATE"), std::string::npos);
    EXPECT_NE(open.find("SYNCWATCH_LOG_LEVEL=\"debug\""), std::string::npos) << open;
    EXPECT_EQ(open.find("HOME"), std::string::npos);
    EXPECT_TRUE(find(config_bundle(installation), sources_.settings.config_file)->redacted);
    EXPECT_FALSE(find(secrets_bundle(installation), sources_.settings.config_file)->redacted);
    EXPECT_EQ(find(secrets_bundle(installation), sources_.settings.tls.cert), nullptr);
}

TEST_F(BundlesTest, ASecretThatTomlHidesIsNotKeptInPart) {
    configure(
        "[database]\nurl = \"postgres://sw:\\u0068unter2-hunter2@db/sw\"\nx = "
        "\"\\u0068unter2-hunter2\"\n");
    sources_.settings.postgres.url = "postgres://sw:hunter2-hunter2@db/sw";
    const Bundle open = config_bundle(look());
    EXPECT_EQ(open.contents.front().find("unter2"), std::string::npos) << open.contents.front();
    EXPECT_NE(all_of(secrets_bundle(look())).find("u0068unter2"), std::string::npos);
}

TEST_F(BundlesTest, AChainWithItsKeyIsASecret) {
    sources_.settings.tls.cert =
        write("both.pem", "-----BEGIN CERTIFICATE-----\n-----BEGIN EC PRIVATE KEY-----\n");
    sources_.settings.tls.key = sources_.settings.tls.cert;
    EXPECT_TRUE(config_bundle(look()).contents.empty());
    EXPECT_EQ(secrets_bundle(look()).contents.size(), 1u) << "once";
}

TEST_F(BundlesTest, AFileThatCannotBeReadIsNamed) {
    sources_.settings.tls.key = folder_.path() / "nowhere.pem";
    const auto looked = look_at_installation(sources_);
    ASSERT_FALSE(looked);
    EXPECT_EQ(looked.error().code, ErrorCode::Unavailable);
    EXPECT_NE(looked.error().message.find("nowhere.pem, which tls.key names"), std::string::npos);
    sources_.settings.tls.key = folder_.path();
    EXPECT_FALSE(look_at_installation(sources_)) << "a folder";
    sources_.settings.tls.key = write("large", std::string(5 << 20, 'x'));
    EXPECT_EQ(look_at_installation(sources_).error().code, ErrorCode::TooLarge);
}

TEST_F(BundlesTest, TheStateChangesWithWhatIsInItAndWithNothingElse) {
    configure("[log]\nlevel = \"debug\"\n");
    const std::string before = state_of(config_bundle(look()), "");
    Bundle later = config_bundle(look());
    later.about.made = WallTime(std::chrono::hours(1));
    later.about.versions["syncwatch"] = "9";
    EXPECT_EQ(state_of(later, ""), before);
    EXPECT_NE(state_of(later, "another key"), before);
    fs::permissions(sources_.settings.config_file, fs::perms::owner_all);
    const std::string shared = state_of(config_bundle(look()), "");
    EXPECT_NE(shared, before);
    configure("[log]\nlevel = \"error\"\n");
    EXPECT_NE(state_of(config_bundle(look()), ""), shared);
}

TEST(NamedFilesTest, UnitsNameFilesOfTheirOwn) {
    const auto files = files_of_unit(
        "[Service]\nEnvironmentFile=-/etc/a \nEnvironmentFile=/etc/b\nLoadCredential=key:/etc/c\n"
        "LoadCredential=socket\n#EnvironmentFile=/etc/d\nEnvironmentFile=/etc/*.env\n");
    ASSERT_EQ(files.size(), 3u);
    EXPECT_EQ(files[0].path, "/etc/a");
    EXPECT_TRUE(files[0].optional);
    EXPECT_EQ(files[1].path, "/etc/b");
    EXPECT_FALSE(files[1].optional);
    EXPECT_EQ(files[2].path, "/etc/c");
    EXPECT_TRUE(files[2].secret);
}

}  // namespace
}  // namespace syncwatch::apps
