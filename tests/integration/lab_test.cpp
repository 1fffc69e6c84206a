// `syncwatch lab`: a whole installation of real servers, broken, healed and ended.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <set>
#include <thread>

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apps/lab/process_table.h"
#include "harness/http_client.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

class LabTest : public testing::Test {
protected:
    LabTest() {
        // Root's servers run as somebody else, who has to get in.
        ::chmod(folder_.path().c_str(), 0711);
    }
    ~LabTest() override { (void)lab({"down"}); }

    struct Said {
        int exit = -1;
        json::value document;
        std::string complaint;
    };

    Said lab(std::vector<std::string> arguments) {
        harness::Process::Options options;
        options.command = {harness::program(), "lab"};
        options.command.insert(options.command.end(), arguments.begin(), arguments.end());
        for (const char* each : {"--folder", "--json"}) options.command.emplace_back(each);
        options.command.insert(options.command.end() - 1, (folder_.path() / "lab").string());
        harness::Process process(options);
        Said said;
        said.exit = process.wait(300s).value_or(-1);
        boost::system::error_code failed;
        said.document = json::parse(process.out(), failed);
        said.complaint = process.err();
        return said;
    }
    Said up() { return lab({"up", "--nodes", "1", "--base-port", std::to_string(base_port_)}); }

    /// State of each part, by its name.
    static std::map<std::string, std::string> states(const Said& said) {
        std::map<std::string, std::string> found;
        for (const auto& each : said.document.at("parts").as_array()) {
            found[json::value_to<std::string>(each.at("name"))] =
                json::value_to<std::string>(each.at("state"));
        }
        return found;
    }
    static std::set<pid_t> processes(const Said& said) {
        std::set<pid_t> found;
        for (const auto& each : said.document.at("parts").as_array()) {
            for (const auto& [role, pid] : each.at("processes").as_object()) {
                found.insert(pid.to_number<pid_t>());
            }
        }
        return found;
    }
    /// The last of each part's servers, by its name.
    static std::map<std::string, pid_t> servers(const Said& said) {
        std::map<std::string, pid_t> found;
        for (const auto& each : said.document.at("parts").as_array()) {
            for (const auto& [role, pid] : each.at("processes").as_object()) {
                if (role == "door") continue;
                found[json::value_to<std::string>(each.at("name"))] = pid.to_number<pid_t>();
            }
        }
        return found;
    }
    /// What each part says of itself, by its name.
    static std::map<std::string, std::string> remarks(const Said& said) {
        std::map<std::string, std::string> found;
        for (const auto& each : said.document.at("parts").as_array()) {
            found[json::value_to<std::string>(each.at("name"))] =
                json::value_to<std::string>(each.at("remark"));
        }
        return found;
    }
    /// Waits until that PostgreSQL says so.
    bool becomes(const std::string& part, const std::string& role) {
        for (int i = 0; i < 120; ++i) {
            if (remarks(lab({"status"}))[part] == role) return true;
            std::this_thread::sleep_for(500ms);
        }
        return false;
    }
    /// The PostgreSQL that the node writes to.
    std::string database_of_node() const {
        const auto health =
            harness::HttpClient(static_cast<std::uint16_t>(base_port_ + 11)).get("/health").json();
        const auto& database = health.at("components").at("database");
        return json::value_to<std::string>(database.at("status")) + ": " +
               json::value_to<std::string>(database.at("detail"));
    }

    /// Whoever works in the lab's folder: also those that the lab never knew.
    std::set<std::string> left_behind() const {
        std::set<std::string> found;
        std::error_code failed;
        for (const auto& each : std::filesystem::directory_iterator("/proc", failed)) {
            const auto at = std::filesystem::read_symlink(each.path() / "cwd", failed);
            if (at.string().starts_with(folder_.path().string())) found.insert(each.path());
        }
        return found;
    }

    TempFolder folder_;
    /// Beside a lab of somebody else's on this machine, and other runs of this test.
    const int base_port_ = 21'000 + static_cast<int>(::getpid() % 20) * 500;
};

TEST_F(LabTest, ComesUpIsBrokenAndHealedAndLeavesNothing) {
    const Said first = up();
    ASSERT_EQ(first.exit, 0) << first.complaint;
    const auto started = processes(first);
    EXPECT_GE(started.size(), states(first).size());
    EXPECT_EQ(harness::HttpClient(static_cast<std::uint16_t>(base_port_)).get("/health").status,
              200);

    const Said again = up();
    ASSERT_EQ(again.exit, 0) << again.complaint;
    EXPECT_EQ(processes(again), started) << "what is healthy is left alone";

    EXPECT_EQ(lab({"kill", "redis-1"}).exit, 0);
    EXPECT_EQ(lab({"hang", "s3-2"}).exit, 0);
    EXPECT_EQ(lab({"cut", "etcd-3"}).exit, 0);
    EXPECT_EQ(lab({"cut", "turn-1"}).exit, 3) << "it has no door";
    EXPECT_EQ(lab({"kill", "tape-1"}).exit, 2) << "there is no such part";
    const Said broken = lab({"status"});
    EXPECT_EQ(broken.exit, 4);
    EXPECT_EQ(states(broken)["redis-1"], "dead");
    EXPECT_EQ(states(broken)["s3-2"], "hangs");
    EXPECT_EQ(states(broken)["etcd-3"], "cut off");
    EXPECT_EQ(states(broken)["pg-1"], "healthy");

    const Said healed = lab({"heal"});
    ASSERT_EQ(healed.exit, 0) << healed.complaint;
    EXPECT_EQ(lab({"status"}).exit, 0);

    const Said restarted = lab({"restart"});
    ASSERT_EQ(restarted.exit, 0) << restarted.complaint;
    std::set<std::string> others;
    for (const auto& [name, pid] : servers(restarted)) {
        if (servers(healed).at(name) != pid) others.insert(name);
    }
    EXPECT_EQ(others, (std::set<std::string>{"node-1", "worker-1"}));

    for (const auto& each : left_behind()) ::kill(std::stoi(each.substr(6)), SIGKILL);
    const Said raised = lab({"heal"});
    ASSERT_EQ(raised.exit, 0) << "all were killed in the same moment: " << raised.complaint;

    EXPECT_EQ(lab({"down", "--delete"}).exit, 0);
    for (const pid_t each : processes(raised)) {
        const auto facts = lab::process_facts(each);
        EXPECT_TRUE(!facts || facts->ended()) << each;
    }
    EXPECT_EQ(left_behind(), std::set<std::string>());
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "lab"));
    EXPECT_EQ(lab({"status"}).exit, 3) << "there is no lab any more";
}

TEST_F(LabTest, APrimaryThatComesBackAfterAnotherTookOverIsNotWrittenTo) {
    const char* const long_tests = std::getenv("SYNCWATCH_LONG_TESTS");
    if (long_tests == nullptr || std::string_view(long_tests) != "yes") {
        GTEST_SKIP() << "a minute: SYNCWATCH_LONG_TESTS=yes";
    }
    const Said first = up();
    ASSERT_EQ(first.exit, 0) << first.complaint;
    const bool one_leads = remarks(first)["pg-1"] == "primary";
    const std::string before = one_leads ? "pg-1" : "pg-2";
    const std::string after = one_leads ? "pg-2" : "pg-1";
    const std::string taken_over =
        fmt::format("ok: PostgreSQL at 127.0.0.1:{}/syncwatch", base_port_ + (one_leads ? 32 : 31));
    ASSERT_EQ(lab({"kill", before}).exit, 0);
    ASSERT_TRUE(becomes(after, "primary"));
    std::string database;
    for (int i = 0; i < 120 && database != taken_over; ++i) {
        database = database_of_node();
        std::this_thread::sleep_for(250ms);
    }
    EXPECT_EQ(database, taken_over);
    ASSERT_EQ(lab({"heal"}).exit, 0);
    EXPECT_TRUE(becomes(before, "replica"));
    EXPECT_EQ(database_of_node(), taken_over);
}

}  // namespace
}  // namespace syncwatch
