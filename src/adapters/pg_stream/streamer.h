#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "adapters/pg_stream/replication.h"
#include "adapters/pg_stream/shelf.h"
#include "base/async/task_group.h"

namespace syncwatch::pg_stream {

/// A repository that the log goes into, and what the plan calls it.
struct LogPlace {
    std::string name;
    BackupRepository* repository = nullptr;
    bool may_delete = true;
};

struct StreamerSettings {
    Access access;
    std::string slot = "syncwatch";  ///< The server keeps for it what is not here yet.
    std::string log;                 ///< The folder of all logs in a repository.
    Shelf::Settings shelf = {};
    /// Between pieces where none can be removed again: each of them stays.
    std::chrono::milliseconds every_where_all_stays{60'000};
    std::chrono::milliseconds first_retry{500};
    std::chrono::milliseconds last_retry{10'000};
    /// For so long a slot that somebody has is waited for at the beginning: a server notices late
    /// that the one before is gone.
    std::chrono::milliseconds busy_patience{3000};
};

struct StreamerStatus {
    bool is_following = false;
    std::string system_id;
    std::uint32_t timeline = 0;
    wal::Lsn received;
    wal::Lsn durable;       ///< In one repository at least.
    WallTime durable_at{};  ///< When all that had come was last durable.
    std::string trouble;    ///< Empty: all is well.
    std::string gap;        ///< What the server had no more, so that it is missing for good.
};

/// Brings the log of a server into the repositories, all the time, as it is written: a server that
/// burns down costs what came since the last piece. What is there already says where it goes on, so
/// that it may be cut off at any moment and another node may do it next. One at a time: the slot
/// sees to that.
class LogStreamer {
public:
    struct Powers {
        Clock& clock;
        net::thread_pool& pool;  ///< Waits for the server, packs and unpacks.
    };
    /// All of it outlives this.
    LogStreamer(std::vector<LogPlace> places, StreamerSettings settings, Powers powers)
        : places_(std::move(places)), settings_(std::move(settings)), powers_(powers) {}

    /// Goes on until stop(). Errors: Conflict (reason "slot_busy": another one does it;
    /// "log_differs", "log_ahead": it is not the server whose log is there), Forbidden,
    /// InvalidInput. Everything else is tried again.
    Async<> run();
    /// What has come is made durable before run() ends. From any thread.
    void stop() { stopping_ = true; }
    /// From any thread.
    StreamerStatus status() const;

private:
    net::awaitable<void> rest(std::chrono::milliseconds pause);
    Async<> follow();
    Async<> open_shelves(Replication::Identity identity);
    Async<> resume(Replication::Identity identity);
    Async<> choose_place(Replication::Identity identity, std::string history,
                         std::vector<StoredLog> logs);
    Async<wal::Lsn> slot_place();
    Async<> start();
    Async<std::uint32_t> stream();
    Result<> add(std::string_view bytes);
    void finish_segment();
    void begin_segment(wal::Segment segment, std::optional<wal::Segment> before);
    Async<> turn_to(std::uint32_t timeline);
    Async<> put_history(std::uint32_t timeline, std::string text);
    net::awaitable<void> wait_for_shelves();
    wal::Lsn durable() const;
    bool all_are_full() const;
    void note_gap(const std::string& words);
    void note(const std::string& trouble);
    template <class Work>
    auto on_pool(Work work);

    const std::vector<LogPlace> places_;
    const StreamerSettings settings_;
    const Powers powers_;
    std::unique_ptr<Replication> connection_;
    std::vector<std::unique_ptr<Shelf>> shelves_;
    Intake intake_;
    std::string expected_;  ///< What a repository has of the segment that comes in.
    std::uint32_t timeline_ = 1;
    bool has_followed_ = false;
    bool start_over_ = false;  ///< The server had no more what was to come next.
    std::atomic<bool> stopping_{false};

    mutable std::mutex mutex_;  // Guards the status.
    StreamerStatus status_;
};

/// What a history says of the timelines before: each with where it was left.
struct Left {
    std::uint32_t timeline = 1;
    wal::Lsn at;
};
std::vector<Left> read_chain(std::string_view history);

}  // namespace syncwatch::pg_stream
