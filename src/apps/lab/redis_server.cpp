#include "apps/lab/redis_server.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "apps/lab/ports.h"
#include "apps/lab/wait.h"

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kSettleWithin = 60s;  ///< Sanitizers beside it make machines slow.
constexpr auto kCliWithin = 10s;

std::string read_file(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

Result<std::unique_ptr<RedisServer>> RedisServer::make(Options options) {
    std::unique_ptr<RedisServer> server(new RedisServer(std::move(options)));
    SW_TRY(server->port_, free_port());
    const fs::path& folder = server->options_.folder;
    std::error_code failed;
    fs::create_directories(folder, failed);
    std::ofstream(folder / "redis.conf") << fmt::format(
        "bind 127.0.0.1\nprotected-mode no\nport {}\ndir {}\n{}{}\n", server->port_,
        folder.string(),
        server->options_.sentinel ? ""
                                  : "save \"\"\nappendonly no\nrepl-diskless-sync yes\n"
                                    "repl-diskless-sync-delay 0\n",
        server->options_.extra);
    SW_CHECK(hand_over(folder));
    SW_CHECK(server->start());
    return server;
}

Launch RedisServer::launch(std::vector<std::string> command) const {
    Launch launch;
    launch.command = std::move(command);
    launch.folder = options_.folder;
    launch.log = options_.folder / "redis.log";
    return launch;
}

Result<> RedisServer::start() {
    std::vector<std::string> command{"redis-server", options_.folder / "redis.conf"};
    if (options_.sentinel) command.emplace_back("--sentinel");
    SW_TRY(const pid_t pid, lab::start(launch(std::move(command))));
    process_.emplace(pid);
    const auto settled = [this] { return is_open(port_) || !process_->alive(); };
    (void)wait_until(settled, kSettleWithin);
    if (process_->alive()) return {};
    return fail_unavailable("lab", "Redis does not start: " + read_file(launch({}).log), 1s);
}

std::string RedisServer::url() const {
    return fmt::format("redis://127.0.0.1:{}", port_);
}

Result<std::string> RedisServer::ask(const std::vector<std::string>& words) const {
    std::vector<std::string> command{"redis-cli", "-h", "127.0.0.1", "-p", std::to_string(port_)};
    command.insert(command.end(), words.begin(), words.end());
    Launch tool = launch(std::move(command));
    tool.log = options_.folder / "answer";
    std::error_code failed;
    fs::remove(tool.log, failed);
    SW_CHECK(run_tool(tool, kCliWithin));
    std::string answer = read_file(tool.log);
    if (answer.ends_with('\n')) answer.pop_back();
    return answer;
}

Result<std::unique_ptr<RedisGroup>> RedisGroup::make(const fs::path& folder) {
    std::unique_ptr<RedisGroup> group(new RedisGroup);
    std::string follow;
    for (const char* name : {"first", "second"}) {
        SW_TRY(auto server, RedisServer::make({folder / name, follow, false}));
        if (follow.empty()) follow = fmt::format("replicaof 127.0.0.1 {}\n", server->port());
        group->servers_.push_back(std::move(server));
    }
    const std::string watch = fmt::format(
        "sentinel monitor lab 127.0.0.1 {} 2\nsentinel down-after-milliseconds lab 1000\n"
        "sentinel failover-timeout lab 10000\nsentinel parallel-syncs lab 1\n",
        group->servers_[0]->port());
    for (const char* name : {"sentinel-1", "sentinel-2", "sentinel-3"}) {
        SW_TRY(auto sentinel, RedisServer::make({folder / name, watch, true}));
        group->sentinels_.push_back(std::move(sentinel));
    }
    if (wait_until([&] { return group->complete(); }, kSettleWithin, 100ms)) return group;
    return fail(ErrorCode::Timeout, "the Sentinels do not find one another");
}

bool RedisGroup::complete() const {
    return std::ranges::all_of(sentinels_, [](const auto& each) {
        const auto known = each->ask({"sentinel", "master", "lab"});
        return known && known->find("num-slaves\n1\n") != std::string::npos &&
               known->find("num-other-sentinels\n2\n") != std::string::npos;
    });
}

std::string RedisGroup::url() const {
    std::string hosts;
    for (const auto& each : sentinels_) {
        hosts += fmt::format("{}127.0.0.1:{}", hosts.empty() ? "" : ",", each->port());
    }
    return fmt::format("sentinel://{}/lab", hosts);
}

std::uint16_t RedisGroup::master_port(std::size_t sentinel) const {
    const auto said = sentinels_[sentinel]->ask({"sentinel", "get-master-addr-by-name", "lab"});
    if (!said) return 0;
    const std::size_t line = said->find('\n');
    return line == std::string::npos
               ? std::uint16_t{0}
               : static_cast<std::uint16_t>(std::atoi(said->c_str() + line + 1));
}

}  // namespace syncwatch::lab
