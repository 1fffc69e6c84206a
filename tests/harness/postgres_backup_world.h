#pragma once
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/pgbackrest/pgbackrest_backups.h"
#include "adapters/pgbackrest/psql.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/backup/postgres_engine.h"
#include "apps/lab/postgres_server.h"
#include "apps/plan/plan_source.h"
#include "base/async/run_to_end.h"
#include "harness/eventually.h"
#include "harness/must.h"
#include "harness/process.h"
#include "harness/temp_folder.h"
#include "recovery/postgres/component.h"

namespace syncwatch::harness {

/// A server that archives through the program, and the engine beside it.
class PostgresBackupWorld {
public:
    /// Backed up into a folder.
    PostgresBackupWorld() : PostgresBackupWorld(std::string()) {}
    /// Into what these lines of a plan name as its repository; empty: a folder.
    explicit PostgresBackupWorld(const std::string& near) {
        std::filesystem::create_directory(work());
        std::ofstream(plan()) << "plan_version = 1\n[repository.near]\n"
                              << (near.empty() ? "url = \"file:" + backups().string() + "\"\n"
                                               : near);
        must(lab::hand_over(place_.path()));
        std::string archive = program() + " wal-push --engine pgbackrest";
        for (const std::string& each : flags()) archive += " " + each;
        server_ = must(
            lab::PostgresServer::make({home_.path(), "archive_mode = on\narchive_command = '" +
                                                         archive + " %p'\nwal_level = replica\n"}));
        config::Settings settings;
        settings.recovery.pg_data = data();
        settings.recovery.pg_socket = home_.path();
        settings.recovery.pg_port = server_->port();
        settings.recovery.pg_work = work();
        engine_ = std::make_unique<pgbackrest::PgBackRestBackups>(
            must(apps::pgbackrest_options(settings, must(apps::load_plan(plan())))));
        component_ = std::make_unique<recovery::PgComponent>(*engine_, clock_, place_.path());
    }

    /// Our tables are in this database of the server's from now on.
    void keep_ours_in(std::string database) {
        pgbackrest::Options options = engine_->options();
        options.contents = std::move(database);
        component_.reset();
        engine_ = std::make_unique<pgbackrest::PgBackRestBackups>(std::move(options));
        component_ = std::make_unique<recovery::PgComponent>(*engine_, clock_, place_.path());
    }
    std::filesystem::path data() const { return home_.path() / "data"; }
    std::filesystem::path work() const { return place_.path() / "work"; }
    std::filesystem::path plan() const { return place_.path() / "plan.toml"; }
    std::filesystem::path backups() const { return place_.path() / "backups"; }
    std::filesystem::path repository() const { return backups() / "pgbackrest"; }
    std::filesystem::path segments() const {
        for (const auto& each :
             std::filesystem::directory_iterator(repository() / "archive" / "syncwatch")) {
            if (each.is_directory()) return each.path() / "0000000100000000";
        }
        return "/nonexistent";
    }
    std::filesystem::path place() const { return place_.path(); }
    lab::PostgresServer& server() { return *server_; }
    pgbackrest::PgBackRestBackups& engine() { return *engine_; }
    recovery::PgComponent& component() { return *component_; }

    std::vector<std::string> flags() const {
        return {"--recovery-plan", plan().string(),      "--recovery-pg-data",
                data().string(),   "--recovery-pg-work", work().string()};
    }
    /// `syncwatch backup …`, as the catalogue's commands need it: of the server there, which is
    /// this one.
    std::vector<std::string> backup_command(std::vector<std::string> words) const {
        return backup_command(std::move(words), home_.path(), server_->port());
    }
    std::vector<std::string> backup_command(std::vector<std::string> words,
                                            const std::filesystem::path& socket,
                                            std::uint16_t port) const {
        const std::string number = std::to_string(port);
        const std::vector<std::string> more{"--cluster",
                                            "lab",
                                            "--data-dir",
                                            work() / "own",
                                            "--database-url",
                                            "postgres://postgres@127.0.0.1:" + number + "/postgres",
                                            "--recovery-pg-socket",
                                            socket,
                                            "--recovery-pg-port",
                                            number};
        words.insert(words.begin(), "backup");
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
    /// As the user that the server runs as, in its folder, as PostgreSQL runs it.
    Ran run(std::vector<std::string> arguments,
            std::map<std::string, std::string> environment = {}) const {
        return run(std::move(arguments), std::move(environment), flags());
    }
    Ran run(std::vector<std::string> arguments, std::map<std::string, std::string> environment,
            const std::vector<std::string>& flags) const {
        return start(std::move(arguments), std::move(environment), flags)
            ->ran(std::chrono::seconds(90));
    }
    /// As run(), and it goes on by itself.
    std::unique_ptr<Process> start(std::vector<std::string> arguments) const {
        return start(std::move(arguments), {}, flags());
    }
    std::string ask(const std::string& sql) const {
        pgbackrest::Door door;
        door.socket = home_.path();
        door.port = server_->port();
        door.user = "postgres";
        door.database = "postgres";
        const auto rows = run_to_end(pgbackrest::ask_server(pgbackrest::Engine(engine_->options()),
                                                            door, sql, std::chrono::seconds(30)));
        return rows && rows->size() == 1 ? rows->front().front() : "?";
    }
    /// Whether a backup has begun to be copied and has not ended: what pgBackRest notes of it.
    bool is_copied() const {
        std::error_code failed;
        for (const auto& each :
             std::filesystem::directory_iterator(repository() / "backup" / "syncwatch", failed)) {
            const auto noted = [&](const char* name) {
                return std::filesystem::exists(each.path() / name, failed);
            };
            if (noted("backup.manifest.copy") && !noted("backup.manifest")) return true;
        }
        return false;
    }
    /// Acknowledged, each in a transaction of its own.
    void insert(int from, int to) {
        for (int i = from; i <= to; ++i) {
            must(server_->sql("INSERT INTO kept VALUES (" + std::to_string(i) + ")"));
        }
    }
    /// Returns when all of the log until now is in the repository.
    void archive() {
        const std::string last = ask("SELECT pg_walfile_name(pg_switch_wal())");
        const bool done = harness::eventually([&] {
            return ask("SELECT last_archived_wal >= '" + last + "' FROM pg_stat_archiver") == "t";
        });
        ASSERT_TRUE(done) << ask("SELECT last_archived_wal || failed_count FROM pg_stat_archiver");
    }
    recovery::BackupRecord backup(recovery::BackupKind kind = recovery::BackupKind::Full) {
        recovery::BackupComponent::Request request;
        request.id = random_.make_id<recovery::BackupId>(clock_.wall());
        request.kind = kind;
        request.history = history_;
        recovery::BackupRecord record = must(run_to_end(component_->run(std::move(request))));
        history_.records.push_back(record);
        return record;
    }
    recovery::Verification look(const recovery::BackupRecord& record,
                                recovery::VerifyLevel level = recovery::VerifyLevel::Checksums) {
        return must(run_to_end(component_->verify(record, level, {})));
    }
    const recovery::BackupHistory& history() const { return history_; }

private:
    static std::unique_ptr<Process> start(std::vector<std::string> arguments,
                                          std::map<std::string, std::string> environment,
                                          const std::vector<std::string>& flags) {
        arguments.insert(arguments.end(), flags.begin(), flags.end());
        arguments.insert(arguments.begin(), harness::program());
        Process::Options options;
        options.command = std::move(arguments);
        options.environment = std::move(environment);
        options.user = unprivileged();
        return std::make_unique<Process>(options);
    }

    TempFolder home_;
    TempFolder place_;
    SystemClock clock_;
    SystemRandom random_;
    std::unique_ptr<lab::PostgresServer> server_;
    std::unique_ptr<pgbackrest::PgBackRestBackups> engine_;
    std::unique_ptr<recovery::PgComponent> component_;
    recovery::BackupHistory history_;
};

}  // namespace syncwatch::harness
