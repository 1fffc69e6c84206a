// The units, as systemd itself reads and judges them.

#include <fstream>
#include <iterator>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "deploy/project.h"
#include "harness/temp_folder.h"

namespace syncwatch::deploy {
namespace {

const std::string kUnits[] = {
    "deploy/systemd/syncwatch.service", "deploy/systemd/syncwatch-worker.service",
    "deploy/systemd/syncwatch-restore-test.service", "deploy/systemd/syncwatch-wal-stream.service"};

/// As PostgreSQL's own user, so it is not among those that must be fenced in alike.
const std::string kPostgresUnit = "deploy/systemd/syncwatch-backup-postgres.service";

/// What a unit says of `key`, all lines of it.
std::set<std::string> said_of(const std::string& unit, const std::string& key) {
    return all("\n" + read(unit), "\n" + key + "=([^\n]*)");
}

class SystemdTest : public ::testing::Test {
protected:
    void SetUp() override {
        if (run("systemd-analyze --version").status == 0) return;
        GTEST_SKIP() << "systemd-analyze is not here (Debian's package systemd has it): the units "
                        "are neither verified nor judged";
    }
};

TEST_F(SystemdTest, TheUnitsAreUnderstoodToTheLastLine) {
    std::vector<std::string> units(std::begin(kUnits), std::end(kUnits));
    units.push_back(kPostgresUnit);
    for (const std::string& unit : units) {
        const TempFolder folder;
        const std::string copy = folder.path() / unit.substr(unit.rfind('/') + 1);
        // That the program is there is the package's to show.
        std::ofstream(copy) << changed(read(unit), {{"/usr/bin/syncwatch", "/bin/true"}});
        const Ended ended = run("systemd-analyze verify --man=no '" + copy + "'");
        EXPECT_EQ(ended.status, 0) << unit;
        EXPECT_EQ(ended.said.find(".service:"), std::string::npos) << ended.said;
    }
}

TEST_F(SystemdTest, TheyAreFencedInAsFarAsAServerOfFilmsCanBe) {
    for (const std::string& unit : kUnits) {
        // In tenths, from 0 (everything is forbidden) to 100. An ordinary unit has 96.
        const Ended ended = run("systemd-analyze security --offline=yes --threshold=16 '" +
                                std::string(SW_SOURCE_ROOT "/") + unit + "'");
        EXPECT_EQ(ended.status, 0) << ended.said;
    }
}

TEST_F(SystemdTest, TheFilterLetsThroughHowDecodersFenceThemselvesIn) {
    const Ended service = run("systemd-analyze syscall-filter @system-service");
    EXPECT_EQ(service.status, 0) << service.said;
    // A restore in a test decodes nothing.
    for (const std::string& unit : std::span(kUnits).first(2)) {
        std::string allowed = service.said;
        for (const std::string& line : said_of(unit, "SystemCallFilter")) allowed += " " + line;
        for (const char* call : {"landlock_create_ruleset", "landlock_add_rule",
                                 "landlock_restrict_self", "@process", "@resources", "@memlock"}) {
            EXPECT_NE(allowed.find(call), std::string::npos) << unit << ": " << call;
        }
        for (const std::string& line : said_of(unit, "SystemCallFilter")) {
            if (!line.starts_with("~")) continue;
            EXPECT_EQ(line, "~@privileged @keyring") << "what else is in it is needed";
        }
    }
}

TEST(UnitTest, BothRunTheProgramOfThePackageOnItsFile) {
    EXPECT_EQ(
        said_of(kUnits[0], "ExecStart"),
        std::set<std::string>{"/usr/bin/syncwatch serve --config /etc/syncwatch/syncwatch.toml"});
    EXPECT_EQ(
        said_of(kUnits[1], "ExecStart"),
        std::set<std::string>{"/usr/bin/syncwatch worker --config /etc/syncwatch/syncwatch.toml"});
    const std::string package = read("cmake/package.cmake");
    EXPECT_NE(package.find("deploy/debian/syncwatch.toml DESTINATION /etc/syncwatch)"),
              std::string::npos);
    for (const std::string& unit : kUnits) {
        EXPECT_NE(package.find(unit), std::string::npos) << unit << " is not in the package";
        EXPECT_EQ(said_of(unit, "User"), std::set<std::string>{"syncwatch"});
    }
    for (const std::string& unit : std::span(kUnits).first(2)) {
        // The promise is ten seconds from SIGTERM to the end.
        EXPECT_EQ(said_of(unit, "TimeoutStopSec"), std::set<std::string>{"20"});
    }
}

// systemd runs no further ExecStart after one that failed.
TEST(UnitTest, ABackupThatFailsKeepsNobodyFromLookingForGaps) {
    const auto after = said_of(kPostgresUnit, "ExecStopPost");
    ASSERT_EQ(after.size(), 1u);
    EXPECT_TRUE(after.begin()->starts_with("/usr/bin/syncwatch backup gaps ")) << *after.begin();
    EXPECT_EQ(said_of(kPostgresUnit, "ExecStart").size(), 2u);
}

TEST(UnitTest, EachHasAFolderOfItsOwn) {
    EXPECT_EQ(said_of(kUnits[0], "StateDirectory"), std::set<std::string>{"syncwatch"});
    EXPECT_NE(read("deploy/debian/syncwatch.toml").find("dir = \"/var/lib/syncwatch\""),
              std::string::npos);
    EXPECT_EQ(said_of(kUnits[1], "StateDirectory"), std::set<std::string>{"syncwatch-worker"});
    EXPECT_TRUE(
        said_of(kUnits[1], "Environment").contains("SYNCWATCH_DATA_DIR=/var/lib/syncwatch-worker"));
}

}  // namespace
}  // namespace syncwatch::deploy
