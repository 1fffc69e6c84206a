#include "apps/lab/object_store_server.h"

#include <algorithm>

#include "apps/lab/certificates.h"
#include "apps/lab/ports.h"

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kCephPatience = 90s;        ///< Sanitizers beside it make machines slow.
constexpr std::uint16_t kStorePorts = 40;  ///< Of which a store takes four or more.

}  // namespace

Result<std::unique_ptr<ObjectStoreServer>> ObjectStoreServer::make(Options options) {
    std::unique_ptr<ObjectStoreServer> server(new ObjectStoreServer(std::move(options)));
    CephCluster& ceph = server->ceph_;
    ceph.folder = server->options_.folder;
    SW_TRY(ceph.monitor_port, free_port());
    SW_TRY(const std::uint16_t first_port, free_port());
    SW_TRY(ceph.http_port, free_port());
    SW_TRY(ceph.https_port, free_port());
    // Room for the whole range above it.
    ceph.first_port = std::min<std::uint16_t>(first_port, 65535 - kStorePorts);
    ceph.last_port = static_cast<std::uint16_t>(ceph.first_port + kStorePorts);
    std::error_code failed;
    fs::create_directories(ceph.folder / "tls", failed);
    SW_CHECK(hand_over(ceph.folder));
    SW_CHECK(make_server_certificate(ceph.folder / "tls", server->launch({})));
    const auto run = [&](CephCluster::Command command) { return server->run(std::move(command)); };
    SW_CHECK(ceph.make(run));
    SW_TRY(const pid_t monitor, lab::start(server->launch(CephCluster::monitor())));
    server->monitor_.emplace(monitor);
    SW_CHECK(wait_for_port(ceph.monitor_port, kCephPatience));
    SW_CHECK(ceph.make_store(run));
    SW_TRY(const pid_t store, lab::start(server->launch(CephCluster::store())));
    server->store_.emplace(store);
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

Result<> ObjectStoreServer::start() {
    SW_TRY(const pid_t pid, lab::start(launch(CephCluster::gateway())));
    gateway_.emplace(pid);
    return wait_for_port(ceph_.https_port, kCephPatience);
}

Result<> ObjectStoreServer::create_user(const std::string& name, const std::string& access_key,
                                        const std::string& secret_key) {
    const auto run_it = [this](CephCluster::Command command) { return run(std::move(command)); };
    return CephCluster::make_user(run_it, name, access_key, secret_key);
}

}  // namespace syncwatch::lab
