#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sql_notices/notice_reader.h"
#include "apps/config/settings.h"
#include "apps/node/accounts_part.h"
#include "apps/node/backup_part.h"
#include "apps/node/health_part.h"
#include "apps/node/log_watch_part.h"
#include "apps/node/media_part.h"
#include "apps/node/metrics_part.h"
#include "apps/node/peers_part.h"
#include "apps/node/powers.h"
#include "apps/node/recovery_part.h"
#include "apps/node/replication_part.h"
#include "apps/node/rooms_part.h"
#include "apps/node/rounds_part.h"
#include "apps/node/signals_part.h"
#include "apps/node/site_part.h"
#include "apps/node/storage.h"
#include "apps/node/stream_part.h"
#include "apps/node/worker_part.h"
#include "base/async/shards.h"
#include "base/async/task_group.h"
#include "gateway/http/router.h"
#include "gateway/http/server.h"
#include "services/limits/limit_sharing.h"
#include "services/nodes/node_names.h"

namespace syncwatch::apps {

/// One running SyncWatch: the powers, the parts that stand on them, and the server before them.
/// A new service is a member of the part that it belongs to; a new part is a member here, with a
/// line each in add_routes(), start() and drain() where it needs one.
class Node {
public:
    /// Opens the database, takes the port, serves. Errors: those of TlsContext::load,
    /// Powers::open, Storage::open and http::Server::listen.
    static Result<std::unique_ptr<Node>> start(config::Settings settings);
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    /// Drains, if nobody did.
    ~Node();

    std::uint16_t port() const { return server_.port(); }
    /// What the first account needs, where strangers could come first: to be shown once.
    const std::optional<std::string>& setup_token() const { return setup_token_; }
    const http::Router& router() const { return router_; }
    std::string metrics() const { return metrics_.text(); }

    /// Reads the certificate again; new connections get the new one.
    void reload();
    /// Says goodbye, lets requests under way finish for up to `patience`, saves, stops. Blocks.
    void drain(std::chrono::milliseconds patience);

private:
    struct Opened {
        std::shared_ptr<TlsContext> tls;  ///< nullptr: plain HTTP.
        std::unique_ptr<Powers> powers;
        std::unique_ptr<Storage> storage;
        KeyStore::Key link_key{};    ///< Signs the addresses of films.
        KeyStore::Key ticket_key{};  ///< Seals tickets to rooms.
        KeyStore::Key guest_key{};   ///< As in AccountsPart.
        KeyStore::Key peer_key{};    ///< As in PeersPart.
        KeyStore::Key backup_key{};  ///< As in BackupPart.
    };

    Node(config::Settings settings, Opened opened);

    http::Server::Options server_options();
    void add_routes();
    /// What is limited is limited for all nodes together.
    void share_limits();
    /// Two nodes of one name are noticed.
    void watch_names();
    Result<> open_for_business();
    /// Runs a task on the first shard to its end. Not from a shard.
    void wait(net::awaitable<void> task);
    net::awaitable<void> end_background();
    net::awaitable<void> tidy_now_and_then();
    net::awaitable<void> write_guests();

    const config::Settings settings_;
    Shards shards_;  ///< Both before what resumes coroutines on them.
    Shards worker_thread_;
    const std::shared_ptr<TlsContext> tls_;
    const std::unique_ptr<Powers> powers_;
    const std::unique_ptr<Storage> storage_;
    LimitSharing limits_;
    PeersPart peers_;
    NodeNames names_;
    WorkerPart worker_;
    ReplicationPart replication_;
    BackupPart backup_;
    RoundsPart rounds_of_backups_;
    StreamPart stream_;
    LogWatchPart log_watch_;
    SignalsPart signals_;
    HealthPart health_;
    MetricsPart metrics_;
    AccountsPart accounts_;
    RecoveryPart recovery_;
    MediaPart media_;
    RoomsPart rooms_;
    SitePart site_;
    http::Router router_;
    http::Server server_;
    sql::NoticeReader notices_;
    std::unique_ptr<Bus::Subscription> limits_heard_;  ///< nullptr: this node is the only one.
    std::unique_ptr<Bus::Subscription> names_heard_;   ///< nullptr: the same.
    TaskGroup background_;                             ///< On the first shard.
    std::optional<std::string> setup_token_;
    bool running_ = false;
};

}  // namespace syncwatch::apps
