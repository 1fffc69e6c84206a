#include "apps/lab/ceph_cluster.h"

#include <fstream>

#include <fmt/format.h>

#include "apps/lab/server_process.h"

namespace syncwatch::lab {
namespace {

namespace fs = std::filesystem;

/// Any will do: clusters know each other by port here.
constexpr std::string_view kClusterId = "6f1d7d0a-3c0e-4b6e-9d1b-0d9c5a1f7e01";
constexpr std::string_view kStoreId = "6f1d7d0a-3c0e-4b6e-9d1b-0d9c5a1f7e02";

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
osd objectstore = {objectstore}
memstore device bytes = 4294967296
bluestore block size = 8589934592
bluestore block create = true
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

/// One for all of them: it never leaves this folder.
Result<> make_keyring(const CephCluster::Run& run) {
    SW_CHECK(run({"ceph-authtool", "keyring", "--create-keyring"}));
    for (const char* who : {"mon.", "client.admin", "client.rgw.a", "osd.0"}) {
        SW_CHECK(run({"ceph-authtool", "keyring", "--gen-key", "-n", who, "--cap", "mon", "allow *",
                      "--cap", "osd", "allow *"}));
    }
    return {};
}

}  // namespace

std::string CephCluster::configuration() const {
    return fmt::format(
        kConfiguration, fmt::arg("fsid", kClusterId), fmt::arg("monitor", monitor_port),
        fmt::arg("first", first_port), fmt::arg("last", last_port),
        fmt::arg("folder", folder.string()), fmt::arg("http", http_port),
        fmt::arg("https", https_port),
        fmt::arg("objectstore", objects == ObjectsIn::Memory ? "memstore" : "bluestore"));
}

Result<> CephCluster::make(const Run& run) const {
    std::error_code failed;
    for (const char* each : {"run", "log", "crash", "rgw", "osd", "mon"}) {
        fs::create_directories(folder / each, failed);
    }
    std::ofstream(folder / "ceph.conf") << configuration();
    SW_CHECK(hand_over(folder));
    SW_CHECK(make_keyring(run));
    SW_CHECK(run({"monmaptool", "--create", "--fsid", std::string(kClusterId), "--addv", "a",
                  fmt::format("[v2:127.0.0.1:{}]", monitor_port), "monmap"}));
    return run({"ceph-mon", "-c", "ceph.conf", "-i", "a", "--mkfs", "--monmap", "monmap",
                "--keyring", "keyring"});
}

Result<> CephCluster::make_store(const Run& run) const {
    const std::string id(kStoreId);
    SW_CHECK(run({"ceph", "-c", "ceph.conf", "--connect-timeout", "60", "osd", "new", id}));
    return run({"ceph-osd", "-c", "ceph.conf", "-i", "0", "--mkfs", "--osd-uuid", id});
}

Result<> CephCluster::make_user(const Run& run, const std::string& name,
                                const std::string& access_key, const std::string& secret_key) {
    return run({"radosgw-admin", "-c", "ceph.conf", "-n", "client.rgw.a", "user", "create",
                "--uid=" + name, "--display-name=" + name, "--access-key=" + access_key,
                "--secret-key=" + secret_key});
}

CephCluster::Command CephCluster::monitor() {
    return {"ceph-mon", "-c", "ceph.conf", "-i", "a", "-f"};
}

CephCluster::Command CephCluster::store() {
    return {"ceph-osd", "-c", "ceph.conf", "-i", "0", "-f"};
}

CephCluster::Command CephCluster::gateway() {
    return {"radosgw", "-c", "ceph.conf", "-n", "client.rgw.a", "-f"};
}

}  // namespace syncwatch::lab
