#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "apps/backup/followed_log.h"
#include "apps/backup/late_places.h"
#include "apps/config/settings.h"
#include "apps/node/part_thread.h"
#include "apps/node/powers.h"
#include "apps/node/rounds_part.h"
#include "gateway/health/health_board.h"
#include "gateway/metrics/text.h"
#include "recovery/plan/plan.h"
#include "recovery/signals/condition.h"

namespace syncwatch::apps {

/// Watches how PostgreSQL's log is streamed into the places for backups, whoever does it, as the
/// node that makes the backups. Where it does not have to be streamed it does nothing.
class LogWatchPart {
public:
    /// `key`: as in RoundsPart. All outlive it.
    LogWatchPart(Powers& powers, const config::Settings& settings, KeyStore::Key key,
                 const RoundsPart& rounds);
    /// Stops it, if nobody did.
    ~LogWatchPart();

    void start();
    /// Not from its own thread.
    void stop();
    http::ComponentState state() const;
    void write_metrics(metrics::Text& text) const;
    /// What is wrong with it. nullopt: nobody has looked yet.
    std::optional<std::vector<recovery::Condition>> conditions() const;

private:
    bool is_wanted() const { return stream_ != nullptr; }
    void open(const config::Settings& settings, const recovery::Plan& plan, KeyStore::Key key);
    net::awaitable<void> watch();
    net::awaitable<void> look();
    net::awaitable<void> end();
    void note(std::optional<recovery::FollowedLog> seen);

    Powers& powers_;
    const RoundsPart& rounds_;
    PartThread thread_{"backup.task_fault"};
    net::thread_pool pool_{2};
    std::optional<LatePlaces> places_;
    std::unique_ptr<pg_stream::StreamBackups> stream_;
    recovery::LogLag lag_;      // Its own thread's.
    mutable std::mutex mutex_;  // Guards what follows.
    std::optional<recovery::FollowedLog> seen_;
    std::optional<WallTime> behind_since_;
    std::optional<WallTime> piled_since_;
};

}  // namespace syncwatch::apps
