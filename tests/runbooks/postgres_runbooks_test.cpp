// Pages of docs/recovery/runbooks about PostgreSQL, with the real server and the real pgBackRest.
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "apps/lab/postgres_server.h"
#include "base/quantity.h"
#include "base/time.h"
#include "harness/eventually.h"
#include "harness/long_run.h"
#include "harness/must.h"
#include "runbooks/runbook_world.h"

namespace syncwatch::runbooks {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// A server that archives through the program, with SyncWatch's own tables in it.
class PostgresRunbooksTest : public RunbookWorld {
protected:
    void SetUp() override {
        if (!harness::is_long_run() && !measures()) GTEST_SKIP() << "only with --long";
        for (const char* each : {"desk", "place", "look"})
            fs::create_directory(folder_.path() / each);
        write(folder_.path() / "plan.toml",
              "plan_version = 1\n[objective.database]\nrto = \"30m\"\nrpo = \"24h\"\n"
              "[backup.database]\nfull = \"Sun 02:00\"\nlog = \"continuous\"\nkeep = \"30d\"\n"
              "[repository.near]\nurl = \"file:" +
                  (folder_.path() / "place" / "backups").string() + "\"\n");
        const std::string config = (folder_.path() / "syncwatch.toml").string();
        server_ = must(lab::PostgresServer::make(
            {home_.path(),
             fmt::format("archive_mode = on\nwal_level = replica\narchive_command = '{} wal-push "
                         "--engine pgbackrest --config {} %p'\n",
                         harness::program(), config)}));
        must(server_->create_database("syncwatch"));
        write(config, fmt::format("[data]\ndir = \"{0}/desk/own\"\n[database]\nurl = \"{1}\"\n"
                                  "[recovery]\nplan = \"{0}/plan.toml\"\npg_data = \"{2}\"\n"
                                  "pg_socket = \"{3}\"\npg_port = {4}\npg_work = \"{0}/desk\"\n",
                                  folder_.path().string(), server_->url("syncwatch"),
                                  data().string(), home_.path().string(), server_->port()));
        must(lab::hand_over(folder_.path()));
        unit("postgres",
             fmt::format("exec sudo -u postgres {} -D {}",
                         (must(lab::postgres_programs()) / "postgres").string(), data().string()),
             "INT");
        syncwatch_ = "sudo -u postgres syncwatch";
        flags_ = "--config \"$CONFIG\" --data-dir \"$WORK\"";
        variables_["CONFIG"] = config;
        variables_["WORK"] = (folder_.path() / "desk" / "own").string();
        variables_["SOCKET"] = home_.path().string();
        variables_["PORT"] = std::to_string(server_->port());
        variables_["UNIT"] = "postgres";
        variables_["PGUSER"] = "postgres";
        variables_["PROGRAMS"] = must(lab::postgres_programs()).string();
        variables_["OPTIONS"] = "";
        variables_["LOOK"] = (folder_.path() / "look" / "old").string();
        server_->stop();
        server_.reset();
        start("postgres");
        ours("migrate");
        add("alice");
        ours("backup run --component pg --kind full");
    }
    void ours(const std::string& words) {
        const std::string command =
            "sudo -u postgres syncwatch " + words + " --config \"$CONFIG\" --data-dir \"$WORK\"";
        const bool done = harness::eventually([&] { return sh(command) == 0; });
        ASSERT_TRUE(done) << command << '\n' << said_;
    }
    void add(const std::string& name) {
        ASSERT_EQ(sh("echo correct horse | sudo -u postgres syncwatch user add " + name +
                     " --config \"$CONFIG\" --data-dir \"$WORK\""),
                  0)
            << said_;
    }
    std::string ask(const std::string& sql) {
        const int exit = sh(
            "sudo -u postgres psql -h \"$SOCKET\" -p \"$PORT\" -d syncwatch -Atc \"" + sql + "\"");
        return exit == 0 ? said_.substr(0, said_.find('\n')) : "failed: " + said_;
    }
    /// Returns when all of the log until now is in the repository.
    void archive() {
        const std::string last = ask("SELECT pg_walfile_name(pg_switch_wal())");
        EXPECT_TRUE(harness::eventually([&] {
            return ask("SELECT last_archived_wal >= '" + last + "' FROM pg_stat_archiver") == "t";
        })) << said_;
    }
    fs::path data() const { return home_.path() / "data"; }

    TempFolder home_;
    std::unique_ptr<lab::PostgresServer> server_;
};

TEST_F(PostgresRunbooksTest, ItIsLostAndComesBack) {
    const int rows = measures() ? 1'000'000 : 1000;
    const std::string fill = fmt::format(
        "CREATE TABLE bulk AS SELECT i, repeat(md5(i::text), 6) AS text FROM "
        "generate_series(1, {}) AS i",
        rows);
    EXPECT_EQ(ask(fill), fmt::format("SELECT {}", rows));
    if (measures()) ours("backup run --component pg --kind full");
    add("bob");
    archive();
    const std::string size = ask("SELECT pg_database_size('syncwatch')");
    kill("postgres");
    fs::remove_all(data());
    lost();
    carry_out("postgres-lost.md");
    EXPECT_EQ(ask("SELECT string_agg(username, ',' ORDER BY username) FROM users"), "alice,bob");
    EXPECT_EQ(ask("SELECT count(*) FROM bulk"), std::to_string(rows));
    EXPECT_EQ(ask("SHOW archive_mode"), "on") << "it archives again";
    archive();
    note_time("PostgreSQL: the data folder is gone; a new full backup is made and read back",
              format_size(std::stoull(size)));
    expect_in_plan("database-lost");
}

TEST_F(PostgresRunbooksTest, ItGoesBackToBeforeAMistake) {
    // The end of a backup is known to the second.
    std::this_thread::sleep_for(2100ms);
    add("bob");
    variables_["MOMENT"] =
        ask("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD') || 'T' || "
            "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'HH24:MI:SS.US') || 'Z'");
    variables_["TABLE"] = "users";
    EXPECT_EQ(ask("DELETE FROM users WHERE username = 'bob'"), "DELETE 1");
    add("carol");
    archive();
    carry_out("postgres-back-to-a-moment.md", "Only some rows");
    const std::string names = "SELECT string_agg(username, ',' ORDER BY username) FROM users";
    EXPECT_EQ(ask(names), "alice,bob,carol");
    lost();
    carry_out("postgres-back-to-a-moment.md", "All of it");
    EXPECT_EQ(ask(names), "alice,bob");
    note_time("PostgreSQL: back to a moment; a new full backup is made and read back",
              format_size(std::stoull(ask("SELECT pg_database_size('syncwatch')"))));
    expect_in_plan("database-mistake");
}

}  // namespace
}  // namespace syncwatch::runbooks
