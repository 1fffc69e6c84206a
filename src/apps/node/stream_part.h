#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "adapters/pg_stream/streamer.h"
#include "adapters/sql_notices/sql_lease_store.h"
#include "apps/backup/late_places.h"
#include "apps/config/settings.h"
#include "apps/node/part_thread.h"
#include "apps/node/powers.h"
#include "base/async/task_group.h"
#include "gateway/health/health_board.h"
#include "gateway/metrics/text.h"

namespace syncwatch::apps {

/// Streams PostgreSQL's log into the places for backups, on one node of all: who holds the lease
/// "log". The server's slot keeps two apart, whatever leases say: where somebody else is at it,
/// this one stands by. Without a log that is to be streamed it does nothing, and nothing that goes
/// wrong here is in the way of the node.
class StreamPart {
public:
    static constexpr const char* kLease = "log";

    /// `key`: as in RoundsPart. All outlive it.
    StreamPart(Powers& powers, const config::Settings& settings, KeyStore::Key key);
    /// Stops it, if nobody did.
    ~StreamPart();

    void start();
    /// Brings what has come, for some seconds at most; another node goes on. Not from its own
    /// thread.
    void stop();
    http::ComponentState state() const;
    void write_metrics(metrics::Text& text) const;

private:
    bool is_wanted() const { return places_.has_value(); }
    struct Term;
    net::awaitable<void> keep_lease();
    net::awaitable<bool> lead();
    net::awaitable<void> stream();
    /// Nobody streams now. Errors: those of look_at_server().
    Async<bool> is_free();
    void ended(const Result<>& how);
    void stand_by();
    net::awaitable<void> end();

    Powers& powers_;
    const std::string holder_;
    sql::SqlLeaseStore leases_;
    PartThread thread_{"backup.task_fault"};
    /// Its own: what hangs in a repository is not in the way of what comes.
    net::thread_pool pool_{4};
    std::optional<LatePlaces> places_;  ///< nullopt: this node does not stream.
    pg_stream::StreamerSettings wanted_;
    TaskGroup work_;
    // Its thread's.
    bool is_at_it_ = false;
    bool stands_by_ = false;
    bool stopping_ = false;
    Instant not_before_{};
    mutable std::mutex mutex_;  // Guards what follows.
    std::unique_ptr<pg_stream::LogStreamer> streamer_;
    std::string trouble_;  ///< What somebody has to mend. Empty: nothing.
};

}  // namespace syncwatch::apps
