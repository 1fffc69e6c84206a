#pragma once
#include <list>
#include <optional>
#include <utility>

#include "adapters/sql_notices/sql_told_store.h"
#include "apps/config/settings.h"
#include "apps/node/backup_part.h"
#include "apps/node/log_watch_part.h"
#include "apps/node/part_thread.h"
#include "apps/node/powers.h"
#include "apps/node/rounds_part.h"
#include "apps/notify/open_channels.h"
#include "gateway/health/health_board.h"
#include "gateway/metrics/text.h"
#include "recovery/signals/heart.h"
#include "recovery/signals/teller.h"

namespace syncwatch::apps {

/// Tells those whom the plan names what is wrong with backups, and beats its heart, as the node
/// that makes them. Nothing that goes wrong here is in the way of the backups, or of the node.
class SignalsPart {
public:
    /// `key`: what the installation's name among backups comes from. All outlive it.
    SignalsPart(Powers& powers, const config::Settings& settings, KeyStore::Key key,
                const RoundsPart& rounds, const BackupPart& backup, const LogWatchPart& log);
    /// Stops it, if nobody did.
    ~SignalsPart();

    void start();
    /// Not from its own thread.
    void stop();
    http::ComponentState state() const;
    void write_metrics(metrics::Text& text) const;

private:
    /// A channel, and whom it tells.
    struct Voice {
        Voice(recovery::Channel::Kind of, recovery::Audience audience,
              recovery::Teller::Powers powers)
            : kind(of), teller(std::move(audience), std::move(powers)) {}

        const recovery::Channel::Kind kind;
        recovery::Teller teller;
    };

    net::awaitable<void> end();
    std::optional<recovery::Observed> observe();
    std::optional<bool> is_well();
    /// What is wrong with the embedded database's log; nullopt: nothing, or there is none.
    std::optional<recovery::Condition> look_at_log(WallTime now);

    Powers& powers_;
    const RoundsPart& rounds_;
    const BackupPart& backup_;
    const LogWatchPart& log_;
    recovery::Plan plan_;
    sql::SqlToldStore store_;
    PartThread thread_{"notify.task_fault"};
    std::optional<OpenChannels> channels_;  ///< nullopt: the plan names nobody.
    std::list<Voice> voices_;
    std::optional<recovery::Heart> heart_;
    std::optional<WallTime> log_behind_since_;  // Its own thread's.
};

}  // namespace syncwatch::apps
