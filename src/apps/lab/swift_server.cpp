#include "apps/lab/swift_server.h"

#include <fstream>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "apps/lab/ports.h"

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kSwiftPatience = 90s;

constexpr std::string_view kCluster = R"([swift-hash]
swift_hash_path_suffix = lab
swift_hash_path_prefix = lab
[storage-policy:0]
name = gold
default = yes
)";

constexpr std::string_view kCommon = R"([DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
swift_dir = {folder}/etc
user = {user}
workers = 0
log_address = {folder}/none
)";

constexpr std::string_view kPart = R"(devices = {folder}/srv
mount_check = false
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
)";

constexpr std::string_view kProxy = R"([pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats bulk s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = false
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{cache}
)";

/// Who servers of ours run as, by name: the servers change to that user themselves.
const char* user_name() {
    if (::geteuid() == 0) return "nobody";
    const passwd* const entry = ::getpwuid(::geteuid());
    return entry == nullptr ? "nobody" : entry->pw_name;
}

std::string common_part(const fs::path& folder, std::uint16_t port) {
    return fmt::format(kCommon, fmt::arg("port", port), fmt::arg("folder", folder.string()),
                       fmt::arg("user", user_name()));
}

}  // namespace

Result<std::unique_ptr<SwiftServer>> SwiftServer::make(fs::path folder) {
    std::unique_ptr<SwiftServer> server(new SwiftServer(std::move(folder)));
    std::error_code failed;
    fs::create_directories(server->folder_ / "etc", failed);
    fs::create_directories(server->folder_ / "srv" / "d1", failed);
    std::ofstream(server->folder_ / "etc" / "swift.conf") << kCluster;
    SW_CHECK(hand_over(server->folder_));
    for (const char* kind : {"account", "container", "object"}) {
        SW_TRY(const std::uint16_t port, free_port());
        SW_CHECK(server->make_ring(kind, port));
        SW_CHECK(server->start_part(kind, port));
    }
    SW_TRY(const std::uint16_t cache_port, free_port());
    SW_CHECK(server->start_proxy(cache_port));
    return server;
}

Launch SwiftServer::launch(std::vector<std::string> command) const {
    Launch launch;
    launch.command = std::move(command);
    launch.folder = folder_ / "etc";
    launch.log = folder_ / "swift.log";
    return launch;
}

Result<> SwiftServer::start(std::vector<std::string> command) {
    SW_TRY(const pid_t pid, lab::start(launch(std::move(command))));
    processes_.emplace_back(pid);
    return {};
}

Result<> SwiftServer::make_ring(const std::string& kind, std::uint16_t port) const {
    const std::string builder = kind + ".builder";
    const auto build = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"swift-ring-builder", builder});
        return run_tool(launch(std::move(arguments)), kSwiftPatience);
    };
    SW_CHECK(build({"create", "6", "1", "1"}));
    SW_CHECK(build({"add", fmt::format("r1z1-127.0.0.1:{}/d1", port), "1"}));
    return build({"rebalance"});
}

Result<> SwiftServer::start_part(const std::string& kind, std::uint16_t port) {
    const fs::path file = folder_ / "etc" / (kind + ".conf");
    std::ofstream(file) << common_part(folder_, port)
                        << fmt::format(kPart, fmt::arg("folder", folder_.string()),
                                       fmt::arg("kind", kind));
    return start({"swift-" + kind + "-server", file.string(), "-v"});
}

Result<> SwiftServer::start_proxy(std::uint16_t cache_port) {
    SW_TRY(port_, free_port());
    const fs::path file = folder_ / "etc" / "proxy.conf";
    {
        std::ofstream out(file);
        out << common_part(folder_, port_) << fmt::format(kProxy, fmt::arg("cache", cache_port));
        for (const char* each :
             {"catch_errors", "gatekeeper", "listing_formats", "bulk", "copy", "slo", "dlo"}) {
            out << fmt::format("[filter:{0}]\nuse = egg:swift#{0}\n", each);
        }
    }
    SW_CHECK(start({"memcached", "-l", "127.0.0.1", "-p", std::to_string(cache_port), "-U", "0",
                    "-m", "32", "-u", user_name()}));
    SW_CHECK(start({"swift-proxy-server", file.string(), "-v"}));
    return wait_for_port(port_, kSwiftPatience);
}

}  // namespace syncwatch::lab
