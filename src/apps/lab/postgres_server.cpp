#include "apps/lab/postgres_server.h"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <vector>

#include <fmt/format.h>

#include "apps/lab/ports.h"
#include "apps/lab/wait.h"

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kPatience = 60s;  ///< Sanitizers beside it make machines slow.

}  // namespace

Result<fs::path> postgres_programs() {
    std::vector<int> versions;
    std::error_code failed;
    for (const auto& each : fs::directory_iterator("/usr/lib/postgresql", failed)) {
        if (!fs::exists(each.path() / "bin" / "initdb")) continue;
        versions.push_back(std::atoi(each.path().filename().c_str()));
    }
    if (versions.empty()) return fail_unavailable("lab", "PostgreSQL is not installed", 1s);
    return fs::path("/usr/lib/postgresql") / std::to_string(std::ranges::max(versions)) / "bin";
}

Result<std::unique_ptr<PostgresServer>> PostgresServer::make(Options options) {
    std::unique_ptr<PostgresServer> server(new PostgresServer(std::move(options)));
    SW_TRY(server->programs_, postgres_programs());
    SW_TRY(server->port_, free_port());
    SW_CHECK(server->initialise());
    SW_CHECK(server->start());
    return server;
}

Launch PostgresServer::launch(std::vector<std::string> command) const {
    Launch launch;
    launch.command = std::move(command);
    launch.folder = options_.folder;
    launch.log = options_.folder / "postgres.log";
    return launch;
}

Result<> PostgresServer::initialise() {
    std::error_code failed;
    fs::create_directories(options_.folder, failed);
    SW_CHECK(hand_over(options_.folder));
    const auto data = options_.folder / "data";
    SW_CHECK(
        run_tool(launch({programs_ / "initdb", "-D", data, "-U", "postgres", "--auth=trust",
                         "--data-checksums", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"}),
                 kPatience));
    std::ofstream(data / "postgresql.conf", std::ios::app) << fmt::format(
        "listen_addresses = '127.0.0.1'\nport = {}\n"
        "unix_socket_directories = '{}'\nmax_connections = 100\n"
        "log_min_messages = warning\n{}\n",
        port_, options_.folder.string(), options_.extra);
    return {};
}

Result<> PostgresServer::start() {
    const auto data = options_.folder / "data";
    SW_TRY(const pid_t pid, lab::start(launch({programs_ / "postgres", "-D", data})));
    process_.emplace(pid);
    // The port is open before recovery is through: only an answer counts.
    Result<> ready;
    const auto settled = [&] {
        ready = run_tool(launch({programs_ / "pg_isready", "-q", "-h", "127.0.0.1", "-p",
                                 std::to_string(port_)}),
                         kPatience);
        return ready.has_value() || !process_->alive();
    };
    (void)wait_until(settled, kPatience, 50ms);
    if (ready) return {};
    return fail(std::move(ready).error().within("PostgreSQL is not ready"));
}

std::string PostgresServer::url(const std::string& database) const {
    return fmt::format("postgres://postgres@127.0.0.1:{}/{}", port_, database);
}

Result<> PostgresServer::create_database(const std::string& name) {
    return sql(fmt::format("CREATE DATABASE \"{}\"", name));
}

Result<> PostgresServer::sql(const std::string& text, const std::string& database) {
    return run_tool(launch({programs_ / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d",
                            url(database), "-c", text}),
                    kPatience);
}

void PostgresServer::stop() {
    process_->stop(SIGINT, 20s);
    process_.reset();
}

}  // namespace syncwatch::lab
