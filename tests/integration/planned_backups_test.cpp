// What the plan wants at given times, as an operator has it: made by the server, looked at and told
// by command.
#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "harness/http_client.h"
#include "harness/planned_installation.h"

namespace syncwatch {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using harness::Ran;

class PlannedBackupsTest : public harness::PlannedInstallation {
protected:
    void SetUp() override {
        for (const char* each : {"near", "far"}) fs::create_directory(folder_.path() / each);
        write_plan({{"near", place("near")}, {"far", place("far")}});
    }
    /// The records of the settings that the catalogue has.
    json::array records() const {
        json::array of_settings;
        const Ran listed = run({"backup", "list", "--json"});
        if (listed.exit != 0) return of_settings;
        const json::value said = json::parse(listed.out);
        for (const auto& each : said.at("records").as_array()) {
            if (each.at("component") == "config") of_settings.push_back(each);
        }
        return of_settings;
    }
    /// Changes a byte of every file of a backup in one place.
    void damage(const char* name) const {
        for (const auto& each : fs::recursive_directory_iterator(folder_.path() / name)) {
            const std::string path = each.path().string();
            if (path.find("/data/config/") == std::string::npos || !each.is_regular_file())
                continue;
            std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
            file.put('#');
        }
    }
    std::string state_of(const json::value& status, const std::string& component) const {
        for (const auto& each : status.at("standings").as_array()) {
            if (each.at("component") == json::string(component)) {
                return std::string(each.at("state").as_string());
            }
        }
        return "it is not there";
    }
};

TEST_F(PlannedBackupsTest, AServerMakesThemAndACommandLooksAtThem) {
    {
        const auto server = serve();
        ASSERT_TRUE(harness::eventually([&] { return !records().empty(); }))
            << run({"backup", "list"}).out;
        // It is looked at as soon as it is there.
        ASSERT_TRUE(harness::eventually([&] {
            return state_of(document({"status"}), "config") == "ok";
        })) << run({"status"}).out;
        const auto health = harness::HttpClient(server->port()).get("/health").json();
        EXPECT_EQ(health.at("components").at("backup").at("status"), "ok");
        const std::string url = "http://127.0.0.1:" + std::to_string(server->port());
        const Ran asked = run({"health", "--url", url});
        EXPECT_NE(asked.out.find("backup"), std::string::npos) << asked.out;
    }
    const auto made = records();
    ASSERT_EQ(made.size(), 1U);  // Nothing changed since.
    EXPECT_EQ(made.front().at("places"), (json::array{"near", "far"}));
    const std::string id(made.front().at("id").as_string());

    const auto again = document({"backup", "run", "--component", "config"});
    EXPECT_FALSE(again.at("backups").at(0).at("new").as_bool());
    const auto newer = document({"backup", "run", "--component", "config", "--even-unchanged"});
    EXPECT_TRUE(newer.at("backups").at(0).at("new").as_bool());
    EXPECT_EQ(records().size(), 2U);

    EXPECT_EQ(run({"backup", "pin", id, "--why", "a test"}).exit, 0);
    EXPECT_TRUE(document({"backup", "show", id}).at("pinned").as_bool());
    EXPECT_EQ(run({"backup", "expire", "--dry-run"}).exit, 0);
    EXPECT_EQ(run({"backup", "unpin", id}).exit, 0);
    EXPECT_EQ(run({"backup", "show", "zzz"}).exit, 3);
    EXPECT_EQ(run({"backup", "run", "--component", "nothing"}).exit, 2);
}

TEST_F(PlannedBackupsTest, DamageInOnePlaceIsFoundAndSaid) {
    (void)serve();  // Makes the database, which says what the installation is called.
    ASSERT_EQ(run({"backup", "run", "--component", "config"}).exit, 0);
    ASSERT_EQ(run({"backup", "verify", "--component", "config", "--level", "restore"}).exit, 0);
    damage("near");
    const Ran looked = run({"backup", "verify", "--component", "config"});
    EXPECT_EQ(looked.exit, 5) << looked.out << looked.err;
    EXPECT_NE(looked.out.find("in near: its bytes are not those that were written"),
              std::string::npos)
        << looked.out;
    const Ran status = run({"status", "--json"});
    EXPECT_EQ(status.exit, 5);
    EXPECT_EQ(state_of(json::parse(status.out), "config"), "damaged");
}

TEST_F(PlannedBackupsTest, AWatchShowsItAgainAndAgain) {
    (void)serve();  // Makes the database, which says what the installation is called.
    EXPECT_EQ(run({"status", "--watch", "--json"}).exit, 2);
    harness::Process::Options options;
    options.command = {harness::program(), "status",          "--watch",     "--data-dir",
                       data_.string(),     "--recovery-plan", plan_.string()};
    harness::Process watch(options);
    const auto times = [&] {
        const std::string out = watch.out();
        const std::string head = "if everything were lost now:";
        int count = 0;
        for (auto at = out.find(head); at != std::string::npos; at = out.find(head, at + 1)) {
            ++count;
        }
        return count;
    };
    EXPECT_TRUE(harness::eventually([&] { return times() >= 2; })) << watch.out() << watch.err();
    watch.signal(SIGINT);
    EXPECT_EQ(watch.wait(), 128 + SIGINT);
}

TEST_F(PlannedBackupsTest, AServerThatIsNotThereIsSaid) {
    const Ran asked = run({"health", "--url", "http://127.0.0.1:1"});
    EXPECT_EQ(asked.exit, 4);
    EXPECT_NE(asked.err.find("does not answer"), std::string::npos) << asked.err;
}

}  // namespace
}  // namespace syncwatch
