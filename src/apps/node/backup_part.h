#pragma once
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "adapters/sqlite_log/change_log.h"
#include "apps/backup/open_repository.h"
#include "apps/config/settings.h"
#include "apps/node/part_thread.h"
#include "apps/node/powers.h"
#include "gateway/health/health_board.h"
#include "gateway/metrics/text.h"
#include "recovery/embedded/packing.h"
#include "recovery/embedded/second_place.h"
#include "recovery/embedded/shipper.h"
#include "recovery/plan/plan.h"

namespace syncwatch::apps {

/// Brings the changes of an embedded database to the repository that the plan names, while the node
/// runs, and from there to the far one, if it names one; removes there what the plan keeps no
/// longer. Without such a repository, or with PostgreSQL, it does nothing. Nothing that goes wrong
/// here is in the way of the node.
class BackupPart {
public:
    /// `key`: what the installation's name among backups comes from.
    BackupPart(Powers& powers, const config::Settings& settings, KeyStore::Key key);
    /// Stops it, if nobody did.
    ~BackupPart();

    /// Before anything is written: it keeps the log from then on.
    void start();
    /// Ships what is there, for some seconds at most, and ends. Not from its own thread.
    void stop();
    http::ComponentState state() const;
    void write_metrics(metrics::Text& text) const;

private:
    bool is_wanted() const { return place_ && powers_.sqlite != nullptr; }
    net::awaitable<void> ship();
    net::awaitable<void> open_repository();
    net::awaitable<void> tidy_now_and_then();
    /// Not while somebody restores from there.
    net::awaitable<void> tidy(BackupRepository& place, recovery::Packer& packer);
    net::awaitable<void> pack(recovery::Packer& packer);
    net::awaitable<void> expire_in(BackupRepository& place);
    net::awaitable<void> bring_far();
    Result<> open_far();
    net::awaitable<void> end();
    std::optional<recovery::ShipperStatus> status() const;
    std::string far_trouble() const;

    Powers& powers_;
    const std::string cluster_;
    std::string trouble_with_plan_;
    std::optional<recovery::Repository> place_;  ///< nullopt: the plan names none.
    std::optional<recovery::Repository> far_place_;
    recovery::BackupRule rule_;
    const std::string database_path_;
    PartThread thread_{"backup.task_fault"};
    net::thread_pool pool_{1};
    std::unique_ptr<OpenRepository> repository_;
    std::unique_ptr<OpenRepository> far_;
    std::optional<sqlite::ChangeLog> log_;
    std::optional<recovery::Shipper> shipper_;
    std::optional<recovery::SecondPlace> second_place_;
    mutable std::mutex mutex_;  // Guards what follows, and that shipper_ is there.
    std::string trouble_;       ///< Why there is no repository yet, or nothing was removed.
    std::string far_trouble_;   ///< Why the far one has not all that the near one has.
};

}  // namespace syncwatch::apps
