#pragma once
#include <atomic>
#include <mutex>
#include <optional>

#include "apps/config/settings.h"
#include "apps/node/backup_part.h"
#include "apps/node/log_watch_part.h"
#include "apps/node/powers.h"
#include "apps/node/rounds_part.h"
#include "apps/node/signals_part.h"
#include "apps/node/storage.h"
#include "apps/node/stream_part.h"
#include "apps/node/worker_part.h"
#include "gateway/health/health_api.h"
#include "gateway/health/health_board.h"
#include "gateway/metrics/text.h"
#include "services/nodes/node_names.h"

namespace syncwatch::apps {

/// How the node and everything it depends on does.
class HealthPart {
public:
    /// `home`: the executor that looks at components.
    HealthPart(Powers& powers, Storage& storage, const config::Settings& settings,
               const WorkerPart& worker, net::any_io_executor home);

    http::HealthBoard& board() { return board_; }
    /// What a worker has not. Before the first report; it outlives the reports.
    void add_turn_and_backup(const BackupPart& backup, const RoundsPart& rounds,
                             const LogWatchPart& log, const StreamPart& stream);
    /// What a worker has of it.
    void add_backup(const RoundsPart& rounds);
    void add_notifications(const SignalsPart& signals);
    /// Says it, too, when another node has this one's name. Before the first report; it outlives
    /// the reports.
    void watch_name(const NodeNames& names) { names_ = &names; }
    /// Looks at everything, for write_metrics(). Within two seconds.
    net::awaitable<void> refresh();
    void write_metrics(metrics::Text& text) const;
    void add_routes(http::Router& router) { api_.add_routes(router); }

private:
    /// When a component was last written to for a try: not more than once a minute.
    class Probe {
    public:
        bool is_due(Instant now);

    private:
        std::optional<Instant> last_;
    };

    net::awaitable<http::ComponentState> database();
    net::awaitable<http::ComponentState> bus();
    net::awaitable<http::ComponentState> objects();
    net::awaitable<http::ComponentState> s3_objects();
    net::awaitable<http::ComponentState> second_objects();
    /// What the trash holds, as of a minute ago at most; empty: nothing.
    net::awaitable<std::string> trash();
    net::awaitable<http::ComponentState> turn();
    net::awaitable<http::ComponentState> transcoder();

    Powers& powers_;
    Storage& storage_;
    const config::Settings& settings_;
    const WorkerPart& worker_;
    const NodeNames* names_ = nullptr;  ///< nullptr: there is one node.
    std::atomic<std::size_t> waiting_jobs_{0};
    std::atomic<std::uint64_t> trash_films_{0};
    std::atomic<std::uint64_t> trash_bytes_{0};
    mutable std::mutex mutex_;  // Guards report_.
    http::HealthBoard::Report report_;
    http::HealthBoard board_;
    http::HealthApi api_;
    Probe database_probe_;
    Probe objects_probe_;
    Probe turn_probe_;
    Probe trash_probe_;
    std::optional<Error> database_write_;  ///< Why the last try to write failed.
    std::optional<Error> objects_write_;
    std::optional<Error> turn_error_;  ///< Why the last server that was asked did not answer.
};

}  // namespace syncwatch::apps
