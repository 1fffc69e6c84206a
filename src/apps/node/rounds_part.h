#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "adapters/sql_notices/sql_lease_store.h"
#include "apps/backup/desk.h"
#include "apps/config/settings.h"
#include "apps/node/part_thread.h"
#include "apps/node/powers.h"
#include "gateway/health/health_board.h"
#include "gateway/metrics/text.h"
#include "recovery/backups/elsewhere_component.h"
#include "recovery/backups/rounds.h"

namespace syncwatch::apps {

/// Makes the backups that the plan wants at given times, and looks at them, on one node of all; a
/// worker does it, but for settings and secrets, where no node does and the repositories are S3
/// stores.
/// Without a repository in the plan it does nothing. Nothing that goes wrong here is in the way of
/// the node.
class RoundsPart {
public:
    enum class Of : std::uint8_t { Node, Worker };
    /// `key`: what the installation's name among backups comes from.
    RoundsPart(Powers& powers, const config::Settings& settings, KeyStore::Key key,
               Of process = Of::Node);
    /// Stops it, if nobody did.
    ~RoundsPart();

    void start();
    /// Ends what is under way; another node goes on. Not from its own thread.
    void stop();
    http::ComponentState state() const;
    /// nullopt: there are no rounds, or not yet.
    std::optional<recovery::RoundsStatus> status() const;
    void write_metrics(metrics::Text& text) const;

private:
    net::awaitable<void> go_round();
    net::awaitable<void> open_desk();
    /// What other machines back up.
    std::vector<recovery::BackupComponent*> watched();
    net::awaitable<void> end();

    Powers& powers_;
    const config::Settings& settings_;
    const Of process_;
    const std::string cluster_;
    std::optional<recovery::Plan> plan_;  ///< nullopt: it cannot be read.
    const std::string holder_;
    sql::SqlLeaseStore leases_;
    PartThread thread_{"backup.task_fault"};
    net::thread_pool pool_{2};
    std::unique_ptr<BackupDesk> desk_;
    recovery::ElsewhereComponent postgres_{
        "pg", {recovery::BackupKind::Full, recovery::BackupKind::Differential}};
    std::optional<recovery::Rounds> rounds_;
    mutable std::mutex mutex_;  // Guards what follows, and that rounds_ is there.
    std::string trouble_;       ///< Why there is no desk yet.
};

}  // namespace syncwatch::apps
