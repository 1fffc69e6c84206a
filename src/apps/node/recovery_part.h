#pragma once
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/json/object.hpp>

#include "adapters/sql_notices/sql_lease_store.h"
#include "apps/backup/desk.h"
#include "apps/config/settings.h"
#include "apps/node/part_thread.h"
#include "apps/node/powers.h"
#include "gateway/api/recovery_api.h"

namespace syncwatch::apps {

/// Tells admins what would be lost if everything failed now, on every node alike. It looks when
/// somebody asks, once for all who ask at about the same time, and has a thread, files and
/// connections of its own: it is never in the way of the backups themselves.
class RecoveryPart {
public:
    /// `key`: as in RoundsPart.
    RecoveryPart(Powers& powers, const config::Settings& settings, KeyStore::Key key,
                 http::Authenticator& authenticator);
    /// Stops it, if nobody did.
    ~RecoveryPart();

    void start();
    /// Ends a look that is under way. Not from its own thread.
    void stop();
    void add_routes(http::Router& router) { api_.add_routes(router); }

private:
    Async<boost::json::object> tell();
    Async<boost::json::object> tell_at_home();
    net::awaitable<void> look();
    Async<boost::json::object> found();
    Result<> open_desk();
    net::awaitable<void> end();

    Powers& powers_;
    const config::Settings& settings_;
    const std::string cluster_;
    std::optional<recovery::Plan> plan_;  ///< nullopt: it cannot be read.
    std::string trouble_with_plan_;
    sql::SqlLeaseStore leases_;
    PartThread thread_{"recovery.task_fault"};
    net::thread_pool pool_{1};
    // All below on its thread.
    std::unique_ptr<BackupDesk> desk_;
    std::optional<Result<boost::json::object>> told_;  ///< nullopt: nobody asked yet.
    Instant told_at_{};
    bool looking_ = false;
    net::steady_timer looked_;  ///< Ends when a look does, or when nobody waits any longer for it.
    http::RecoveryApi api_;
};

}  // namespace syncwatch::apps
