#pragma once
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "adapters/filesystem/folder_repository.h"
#include "adapters/pg_stream/stream_backups.h"
#include "adapters/system/system_clock.h"
#include "apps/lab/postgres_server.h"
#include "base/async/run_to_end.h"
#include "harness/eventually.h"
#include "harness/must.h"
#include "harness/numbered_rows.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch::harness {

/// A server that is reached over TCP alone, and backed up by the program into two folders.
class PostgresStreamWorld {
public:
    static constexpr const char* kCluster = "test";

    explicit PostgresStreamWorld(std::vector<std::string> places = {"near"}) {
        std::filesystem::create_directory(data_dir());
        std::ofstream plan_file(plan());
        plan_file << "plan_version = 1\n";
        for (const std::string& each : places) {
            std::filesystem::create_directory(above(each));
            plan_file << "[repository." << each << "]\nurl = \"file:" << repository(each).string()
                      << "\"\n";
        }
        plan_file.close();
        must(lab::hand_over(place_.path()));
        for (const auto& each : std::filesystem::directory_iterator(place_.path())) {
            must(lab::hand_over(each.path()));
        }
        server_ = must(lab::PostgresServer::make({home_.path(), "checkpoint_timeout = 1h\n"}));
        must(server_->sql("CREATE TABLE kept (n int PRIMARY KEY)"));
        places_ = std::move(places);
    }

    std::filesystem::path place() const { return place_.path(); }
    std::filesystem::path data_dir() const { return place_.path() / "files"; }
    std::filesystem::path plan() const { return place_.path() / "plan.toml"; }
    /// A repository is one's own folder in a disk, as it were.
    std::filesystem::path above(const std::string& name) const { return place_.path() / name; }
    std::filesystem::path repository(const std::string& name) const {
        return above(name) / "backups";
    }
    std::filesystem::path log(const std::string& name = "near") const {
        return repository(name) / "v1/cluster" / kCluster / "log/pg";
    }
    std::filesystem::path pg_data() const { return home_.path() / "data"; }
    lab::PostgresServer& server() { return *server_; }
    std::string server_url() const { return server_->url(); }

    std::vector<std::string> command(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), program());
        for (const std::string& each :
             {std::string("--data-dir"), data_dir().string(), std::string("--recovery-plan"),
              plan().string(), std::string("--recovery-pg-mode"), std::string("stream"),
              std::string("--recovery-pg-url"), url_.empty() ? server_->url() : url_,
              std::string("--recovery-pg-data"), pg_data().string(), std::string("--cluster"),
              std::string(kCluster)}) {
            arguments.push_back(each);
        }
        return arguments;
    }
    /// It is reached like this from now on: one of several servers, say.
    void reach(std::string url) { url_ = std::move(url); }
    std::unique_ptr<Process> start(std::vector<std::string> arguments) const {
        Process::Options options;
        options.command = command(std::move(arguments));
        options.user = unprivileged();
        return std::make_unique<Process>(options);
    }
    Ran run(std::vector<std::string> arguments) const {
        return start(std::move(arguments))->ran(std::chrono::seconds(120));
    }
    /// Brings the log, until it is killed or destroyed. Returns when it follows.
    std::unique_ptr<Process> stream() {
        auto process = start({"wal-stream"});
        const bool follows = eventually([&] { return ask(kFollows) == "1"; });
        EXPECT_TRUE(follows) << process->err();
        return process;
    }
    /// The first column of the first row; "?": there is none.
    std::string ask(const std::string& sql) const { return ask_one(server_->url(), sql); }
    /// Returns when all of the log until now is in a repository.
    bool is_level(std::chrono::milliseconds patience = std::chrono::seconds(60)) const {
        const std::string now = ask("SELECT pg_current_wal_flush_lsn()");
        return eventually(
            [&] {
                return ask("SELECT restart_lsn >= '" + now +
                           "' FROM pg_replication_slots WHERE slot_name = 'syncwatch'") == "t";
            },
            patience);
    }
    /// The engine, as a command has it.
    struct Engine {
        net::thread_pool pool{2};
        SystemClock clock;
        std::vector<std::unique_ptr<filesystem::FolderRepository>> repositories;
        std::unique_ptr<pg_stream::StreamBackups> backups;
        ~Engine() { pool.join(); }
    };
    std::unique_ptr<Engine> engine() const {
        auto made = std::make_unique<Engine>();
        std::vector<pg_stream::LogPlace> all;
        for (const std::string& each : places_) {
            made->repositories.push_back(
                must(filesystem::FolderRepository::open(repository(each), made->pool)));
            all.push_back({each, made->repositories.back().get()});
        }
        const std::string cluster = std::string("v1/cluster/") + kCluster;
        pg_stream::StreamOptions options;
        options.access.url = server_->url();
        options.data = cluster + "/data/pg";
        options.log = cluster + "/log/pg";
        options.scratch = place_.path();
        options.programs.data = pg_data();
        made->backups = std::make_unique<pg_stream::StreamBackups>(
            std::move(all), std::move(options),
            pg_stream::StreamBackups::Powers{made->clock, made->pool});
        return made;
    }
    /// The server is gone with its disk.
    void lose_server() {
        server_->kill();
        std::filesystem::remove_all(pg_data());
    }
    /// Started from what was brought back, and it takes writes.
    void start_restored() {
        must(server_->start());
        EXPECT_TRUE(eventually([&] { return ask("SELECT pg_is_in_recovery()") == "f"; }));
    }

    static constexpr const char* kFollows =
        "SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'syncwatch' AND active";

private:
    TempFolder home_;
    TempFolder place_;
    std::vector<std::string> places_;
    std::string url_;
    std::unique_ptr<lab::PostgresServer> server_;
};

}  // namespace syncwatch::harness
