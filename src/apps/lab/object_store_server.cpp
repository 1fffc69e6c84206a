#include "apps/lab/object_store_server.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "apps/lab/certificates.h"
#include "apps/lab/ports.h"

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kCephPatience = 90s;  ///< Sanitizers beside it make machines slow.
/// Any will do: clusters know each other by port here.
constexpr std::string_view kClusterId = "6f1d7d0a-3c0e-4b6e-9d1b-0d9c5a1f7e01";
constexpr std::string_view kStoreId = "6f1d7d0a-3c0e-4b6e-9d1b-0d9c5a1f7e02";
constexpr std::uint16_t kStorePorts = 40;  ///< Of which a store takes four or more.

/// cephx stays on: without it radosgw 16 never connects. Quick paxos intervals save ten seconds at
/// the first start; tcp_nodelay saves 40 ms of each small GET.
constexpr std::string_view kConfiguration = R"([global]
fsid = {fsid}
mon initial members = a
mon host = [v2:127.0.0.1:{monitor}]
ms bind msgr1 = false
ms bind port min = {first}
ms bind port max = {last}
public addr = 127.0.0.1
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
mon data = {folder}/mon
mon data avail warn = 1
mon data avail crit = 0
paxos propose interval = 0.05
paxos min wait = 0.01
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 4294967296
osd memory target = 939524096
run dir = {folder}/run
admin socket = {folder}/run/$name.asok
pid file = {folder}/run/$name.pid
log file = {folder}/log/$name.log
mon cluster log file = {folder}/log/cluster.log
crash dir = {folder}/crash
keyring = {folder}/keyring
rgw data = {folder}/rgw
rgw frontends = beast tcp_nodelay=1 endpoint=127.0.0.1:{http} ssl_endpoint=127.0.0.1:{https} ssl_certificate={folder}/tls/server.pem
rgw thread pool size = 64
rgw dns name = localhost
)";

}  // namespace

Result<std::unique_ptr<ObjectStoreServer>> ObjectStoreServer::make(Options options) {
    std::unique_ptr<ObjectStoreServer> server(new ObjectStoreServer(std::move(options)));
    const fs::path& folder = server->options_.folder;
    std::error_code failed;
    for (const char* each : {"run", "log", "crash", "rgw", "osd", "mon", "tls"}) {
        fs::create_directories(folder / each, failed);
    }
    SW_TRY(const std::uint16_t monitor_port, free_port());
    SW_TRY(const std::uint16_t first_port, free_port());
    SW_TRY(server->http_port_, free_port());
    SW_TRY(server->https_port_, free_port());
    // Room for the whole range above it.
    server->write_configuration(monitor_port,
                                std::min<std::uint16_t>(first_port, 65535 - kStorePorts));
    SW_CHECK(hand_over(folder));
    SW_CHECK(make_server_certificate(folder / "tls", server->launch({})));
    SW_CHECK(server->make_keyring());
    SW_CHECK(server->start_monitor(monitor_port));
    SW_CHECK(server->start_store());
    SW_CHECK(server->start());
    return server;
}

Launch ObjectStoreServer::launch(std::vector<std::string> command) const {
    Launch launch;
    launch.command = std::move(command);
    launch.folder = options_.folder;
    launch.log = options_.folder / "ceph.log";
    return launch;
}

Result<> ObjectStoreServer::run(std::vector<std::string> command) const {
    return run_tool(launch(std::move(command)), kCephPatience);
}

void ObjectStoreServer::write_configuration(std::uint16_t monitor_port,
                                            std::uint16_t first_port) const {
    std::ofstream(options_.folder / "ceph.conf") << fmt::format(
        kConfiguration, fmt::arg("fsid", kClusterId), fmt::arg("monitor", monitor_port),
        fmt::arg("first", first_port), fmt::arg("last", first_port + kStorePorts),
        fmt::arg("folder", options_.folder.string()), fmt::arg("http", http_port_),
        fmt::arg("https", https_port_));
}

/// One for all of them: it never leaves this folder.
Result<> ObjectStoreServer::make_keyring() const {
    SW_CHECK(run({"ceph-authtool", "keyring", "--create-keyring"}));
    for (const char* who : {"mon.", "client.admin", "client.rgw.a", "osd.0"}) {
        SW_CHECK(run({"ceph-authtool", "keyring", "--gen-key", "-n", who, "--cap", "mon", "allow *",
                      "--cap", "osd", "allow *"}));
    }
    return {};
}

Result<> ObjectStoreServer::start_monitor(std::uint16_t port) {
    SW_CHECK(run({"monmaptool", "--create", "--fsid", std::string(kClusterId), "--addv", "a",
                  fmt::format("[v2:127.0.0.1:{}]", port), "monmap"}));
    SW_CHECK(run({"ceph-mon", "-c", "ceph.conf", "-i", "a", "--mkfs", "--monmap", "monmap",
                  "--keyring", "keyring"}));
    SW_TRY(const pid_t pid, lab::start(launch({"ceph-mon", "-c", "ceph.conf", "-i", "a", "-f"})));
    monitor_.emplace(pid);
    return wait_for_port(port, kCephPatience);
}

Result<> ObjectStoreServer::start_store() {
    const std::string id(kStoreId);
    SW_CHECK(run({"ceph", "-c", "ceph.conf", "--connect-timeout", "60", "osd", "new", id}));
    SW_CHECK(run({"ceph-osd", "-c", "ceph.conf", "-i", "0", "--mkfs", "--osd-uuid", id}));
    SW_TRY(const pid_t pid, lab::start(launch({"ceph-osd", "-c", "ceph.conf", "-i", "0", "-f"})));
    store_.emplace(pid);
    return {};
}

Result<> ObjectStoreServer::start() {
    SW_TRY(const pid_t pid,
           lab::start(launch({"radosgw", "-c", "ceph.conf", "-n", "client.rgw.a", "-f"})));
    gateway_.emplace(pid);
    // It listens only when the store behind it answers.
    return wait_for_port(https_port_, kCephPatience);
}

Result<> ObjectStoreServer::create_user(const std::string& name, const std::string& access_key,
                                        const std::string& secret_key) {
    return run({"radosgw-admin", "-c", "ceph.conf", "-n", "client.rgw.a", "user", "create",
                "--uid=" + name, "--display-name=" + name, "--access-key=" + access_key,
                "--secret-key=" + secret_key});
}

}  // namespace syncwatch::lab
