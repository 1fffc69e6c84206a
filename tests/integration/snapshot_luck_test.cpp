// Redis, settings and secrets in a store whose keys expire, or that is cut off, in the middle of a
// backup or of what brings it back.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "apps/lab/redis_server.h"
#include "harness/long_run.h"
#include "harness/memory_s3.h"
#include "harness/must.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using harness::Ran;

class SnapshotLuckTest : public testing::Test {
protected:
    SnapshotLuckTest() {
        fs::create_directories(at("etc"));
        for (const char* each : {"etc/s3", "s3.kept"}) {
            std::ofstream(at(each)) << "aws_access_key_id = KEY\naws_secret_access_key = SECRET\n";
        }
        harness::Process::Options keygen;
        keygen.command = {"age-keygen", "-o", at("key").string()};
        if (harness::Process(keygen).wait() != 0) throw std::runtime_error("age-keygen");
        keygen.command = {"age-keygen", "-y", at("key").string()};
        harness::Process asked(keygen);
        if (asked.wait() != 0) throw std::runtime_error("age-keygen -y");
        const std::string out = asked.out();
        std::ofstream(at("etc/plan.toml"))
            << "plan_version = 1\n[repository.near]\nurl = \"" << store_.url()
            << "\"\ncredentials_file = \"" << at("etc/s3").string()
            << "\"\n[escrow]\nrecipients = [\"" << out.substr(0, out.find('\n')) << "\"]\n"
            << "[backup.redis]\nsnapshot = \"hourly\"\nkeep = \"1d\"\n"
               "[backup.config]\nbundle = \"on change\"\nkeep = \"forever\"\n"
               "[backup.secrets]\nbundle = \"on change\"\nkeep = \"forever\"\n";
        std::ofstream(at("etc/sw.toml"))
            << "[data]\ndir = \"" << at("data").string() << "\"\n[recovery]\nplan = \""
            << at("etc/plan.toml").string() << "\"\nredis_url = \"" << redis_->url() << "\"\n";
        must(redis_->ask({"set", "kept", "1"}));
    }
    fs::path at(const std::string& name) const { return folder_.path() / name; }
    Ran back_up(const std::string& component) const {
        return harness::run_syncwatch({"backup", "run", "--component", component, "--cluster",
                                       "lab", "--config", at("etc/sw.toml").string()});
    }
    std::vector<std::string> stored(const std::string& part) const {
        std::vector<std::string> names;
        for (const auto& [name, bytes] : store_.objects()) {
            if (name.find(part) != name.npos) names.push_back(name);
        }
        return names;
    }
    /// From the first request on that has this in its name everything is refused.
    void refuse_from(const std::string& part, const std::string& why) {
        auto begun = std::make_shared<std::atomic<bool>>(false);
        store_.refuse([part, why, begun](const MemoryS3::Request& asked) -> std::string {
            if (asked.key.find(part) != asked.key.npos) *begun = true;
            return *begun ? why : "";
        });
    }
    /// As somebody does who has read what it would do; "" where nothing is in the way.
    Ran restore(std::vector<std::string> words) const {
        words.insert(words.begin(), "restore");
        words.insert(words.end(),
                     {"--cluster", "lab", "--repository", store_.url(), "--credentials",
                      at("s3.kept").string(), "--data-dir", at("data").string()});
        auto look = words;
        look.insert(look.end(), {"--dry-run", "--json"});
        const Ran shown = harness::run_syncwatch(std::move(look));
        if (shown.exit != 0) return shown;
        words.insert(words.end(),
                     {"--confirm", std::string(json::parse(shown.out).at("token").as_string())});
        return harness::run_syncwatch(std::move(words));
    }
    Ran restore_redis() const {
        return restore({"redis", "--server", redis_->url(), "--keep", folder_.path().string()});
    }
    Ran restore_bundles() const {
        return restore({"config", "--identity", at("key").string(), "--into", at("look").string()});
    }
    std::string key_in_redis(const std::string& key) const {
        return must(redis_->ask({"get", key}));
    }
    void expect_half_a_backup_is_none(const std::string& component, const std::string& why,
                                      const std::string& words) {
        SCOPED_TRACE(component + ": " + why);
        refuse_from("/data/" + component + "/", why);
        const Ran refused = back_up(component);
        EXPECT_EQ(refused.exit, 4) << refused.out << refused.err;
        EXPECT_NE(refused.err.find(words), std::string::npos) << refused.err;
        EXPECT_EQ(refused.err.find("SECRET"), std::string::npos) << refused.err;
        EXPECT_TRUE(stored("/catalog/" + component + "/").empty());
        store_.refuse({});
        const Ran made = back_up(component);
        EXPECT_EQ(made.exit, 0) << made.out << made.err;
        EXPECT_EQ(stored("/catalog/" + component + "/").size(), 1u);
    }
    void expect_half_a_restore_changes_nothing(const std::string& why) {
        SCOPED_TRACE(why);
        must(redis_->ask({"set", "later", "1"}));
        refuse_from("/data/", why);
        EXPECT_EQ(restore_redis().exit, 4);
        EXPECT_EQ(key_in_redis("later"), "1");
        refuse_from("/data/", why);
        EXPECT_EQ(restore_bundles().exit, 4);
        EXPECT_FALSE(fs::exists(at("look")));
        store_.refuse({});
        const Ran redis = restore_redis();
        EXPECT_EQ(redis.exit, 0) << redis.out << redis.err;
        EXPECT_EQ(key_in_redis("later"), "");
        EXPECT_EQ(key_in_redis("kept"), "1");
        const Ran bundles = restore_bundles();
        EXPECT_EQ(bundles.exit, 0) << bundles.out << bundles.err;
        EXPECT_TRUE(fs::exists(at("look") / at("etc/s3").relative_path()));
    }

    TempFolder folder_;
    MemoryS3 store_;
    std::unique_ptr<lab::RedisServer> redis_ = must(lab::RedisServer::make({at("redis")}));
};

TEST_F(SnapshotLuckTest, KeysThatExpireInTheMiddleAreSaidAndNothingHalfCounts) {
    for (const char* each : {"redis", "config", "secrets"}) {
        expect_half_a_backup_is_none(each, "ExpiredToken", "HINT: Put good keys into the file");
    }
    expect_half_a_restore_changes_nothing("ExpiredToken");
}

TEST_F(SnapshotLuckTest, AStoreThatIsCutOffInTheMiddleIsSaidAndNothingHalfCounts) {
    // Each request is tried for half a minute.
    if (!harness::is_long_run()) GTEST_SKIP() << "only with --long";
    for (const char* each : {"redis", "config"}) {
        expect_half_a_backup_is_none(each, MemoryS3::kCutOff, "HINT: ");
    }
    ASSERT_EQ(back_up("secrets").exit, 0);
    expect_half_a_restore_changes_nothing(MemoryS3::kCutOff);
}

}  // namespace
}  // namespace syncwatch
