#pragma once
#include <chrono>
#include <memory>

#include "apps/config/settings.h"
#include "apps/node/health_part.h"
#include "apps/node/metrics_part.h"
#include "apps/node/powers.h"
#include "apps/node/replication_part.h"
#include "apps/node/rounds_part.h"
#include "apps/node/storage.h"
#include "apps/node/worker_part.h"
#include "base/async/shards.h"
#include "base/async/task_group.h"
#include "gateway/http/router.h"
#include "gateway/http/server.h"

namespace syncwatch::apps {

/// A process that prepares films for the nodes it shares a database, a bus and an object store
/// with, and backs up what they share while none of them is there. It has no rooms and no pages; it
/// answers /health and /metrics.
class WorkerNode {
public:
    /// It works whatever media.work says, so that nodes and workers can have one file. Errors:
    /// InvalidInput (reason "not_shared": database, bus or objects are one machine's own), and
    /// those of Node::start.
    static Result<std::unique_ptr<WorkerNode>> start(config::Settings settings);
    WorkerNode(const WorkerNode&) = delete;
    WorkerNode& operator=(const WorkerNode&) = delete;
    /// Drains, if nobody did.
    ~WorkerNode();

    std::uint16_t port() const { return server_.port(); }
    /// Reads the certificate again; new connections get the new one.
    void reload();
    /// Stops encoders and gives jobs back; requests under way finish for up to `patience`. Blocks.
    void drain(std::chrono::milliseconds patience);

private:
    struct Opened {
        std::shared_ptr<TlsContext> tls;  ///< nullptr: plain HTTP.
        std::unique_ptr<Powers> powers;
        std::unique_ptr<Storage> storage;
        KeyStore::Key backup_key{};  ///< As in RoundsPart.
    };

    WorkerNode(config::Settings settings, Opened opened);

    http::Server::Options server_options();
    Result<> open_for_business();
    net::awaitable<void> end_background();

    const config::Settings settings_;
    Shards shards_{1};  ///< Both before what resumes coroutines on them.
    Shards worker_thread_{1};
    const std::shared_ptr<TlsContext> tls_;
    const std::unique_ptr<Powers> powers_;
    const std::unique_ptr<Storage> storage_;
    WorkerPart worker_;
    ReplicationPart replication_;
    RoundsPart rounds_of_backups_;
    HealthPart health_;
    MetricsPart metrics_;
    http::Router router_;
    http::Server server_;
    TaskGroup background_;  ///< On the first shard.
    bool running_ = false;
};

}  // namespace syncwatch::apps
