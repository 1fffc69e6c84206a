#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/lab/ceph_cluster.h"
#include "apps/lab/server_process.h"

namespace syncwatch::lab {

/// One real S3 store on loopback: Ceph's radosgw with a monitor and a store in memory behind it, in
/// a folder of its own. What it holds is gone with its processes.
class ObjectStoreServer {
public:
    struct Options {
        std::filesystem::path folder;
    };

    /// Makes a new cluster and starts it; takes a few seconds. The folder is short: a socket's path
    /// may have 107 bytes. Errors: Unavailable (not installed, or it does not start), Timeout.
    static Result<std::unique_ptr<ObjectStoreServer>> make(Options options);

    std::uint16_t http_port() const { return ceph_.http_port; }
    std::uint16_t https_port() const { return ceph_.https_port; }
    /// The authority, as PEM, that vouches for "localhost" and 127.0.0.1 at the https port.
    std::filesystem::path ca_file() const { return options_.folder / "tls" / "ca.crt"; }
    /// Somebody who may make buckets. Errors: Unavailable.
    Result<> create_user(const std::string& name, const std::string& access_key,
                         const std::string& secret_key);

    /// Of the gateway alone, which is whom clients talk to.
    bool alive() const { return gateway_ && gateway_->alive(); }
    void kill() { gateway_.reset(); }
    void hang() { gateway_->hang(); }
    void wake() { gateway_->wake(); }
    /// After kill(). Returns when it answers. Errors: as make().
    Result<> start();

private:
    explicit ObjectStoreServer(Options options) : options_(std::move(options)) {}

    Launch launch(std::vector<std::string> command) const;
    Result<> run(std::vector<std::string> command) const;

    const Options options_;
    CephCluster ceph_;
    std::optional<ServerProcess> monitor_;
    std::optional<ServerProcess> store_;
    std::optional<ServerProcess> gateway_;
};

}  // namespace syncwatch::lab
