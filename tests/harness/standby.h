#pragma once
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "apps/lab/ports.h"
#include "apps/lab/postgres_server.h"
#include "harness/eventually.h"
#include "harness/must.h"
#include "harness/numbered_rows.h"
#include "harness/process.h"

namespace syncwatch::harness {

/// A second PostgreSQL that follows a first one, until it is told to take over.
class Standby {
public:
    /// `settings`: as "archive_command=…"; what is not named is as the first one has it.
    Standby(std::filesystem::path folder, const std::string& primary_url,
            std::vector<std::string> settings = {})
        : folder_(std::move(folder)), port_(must(lab::free_port())), settings_(settings) {
        must(lab::hand_over(folder_));
        const auto copied =
            run({(programs_ / "pg_basebackup").string(), "-d", primary_url, "-D", data().string(),
                 "-R", "--wal-method=stream", "--checkpoint=fast", "--no-sync"});
        EXPECT_EQ(copied->wait(std::chrono::seconds(60)), 0) << copied->err();
        start();
        EXPECT_TRUE(eventually([&] { return ask("SELECT pg_is_in_recovery()") == "t"; }))
            << server_->err();
    }
    ~Standby() { stop(); }
    Standby(const Standby&) = delete;
    Standby& operator=(const Standby&) = delete;

    std::filesystem::path data() const { return folder_ / "data"; }
    std::uint16_t port() const { return port_; }
    std::string url() const {
        return "postgres://postgres@127.0.0.1:" + std::to_string(port_) + "/postgres";
    }
    std::string ask(const std::string& sql) const { return ask_one(url(), sql); }
    void start() {
        std::vector<std::string> command{(programs_ / "postgres").string(), "-D", data().string()};
        for (const std::string& each :
             {"port=" + std::to_string(port_), "unix_socket_directories=" + folder_.string()}) {
            command.insert(command.end(), {"-c", each});
        }
        for (const std::string& each : settings_) command.insert(command.end(), {"-c", each});
        server_ = run(std::move(command));
    }
    /// Everything is written.
    void stop() {
        server_->signal(SIGINT);
        (void)server_->wait();
    }

private:
    static std::unique_ptr<Process> run(std::vector<std::string> command) {
        Process::Options options;
        options.command = std::move(command);
        options.user = unprivileged();
        return std::make_unique<Process>(options);
    }

    const std::filesystem::path programs_ = must(lab::postgres_programs());
    const std::filesystem::path folder_;
    const std::uint16_t port_;
    const std::vector<std::string> settings_;
    std::unique_ptr<Process> server_;
};

}  // namespace syncwatch::harness
