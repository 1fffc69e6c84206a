#include "apps/node/stream_part.h"

#include <utility>

#include "adapters/pg_stream/server_view.h"
#include "apps/backup/cluster.h"
#include "apps/backup/outlook.h"
#include "apps/backup/stream_engine.h"
#include "apps/plan/plan_source.h"
#include "base/async/offload.h"
#include "base/log/log.h"
#include "base/log/task_fault.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
using http::ComponentState;
using Status = ComponentState::Status;

/// A node that dies is followed by another within this and a pause.
constexpr auto kLogLeaseFor = 25s;
constexpr auto kKeepEvery = 10s;
constexpr auto kTryEvery = 5s;
/// What only a person can mend is tried again, too: it may have been mended.
constexpr auto kMendedPerhaps = 60s;
/// For what has come, when the node stops.
constexpr auto kLastPieces = 6s;
constexpr auto kStopPoll = 20ms;

}  // namespace

StreamPart::StreamPart(Powers& powers, const config::Settings& settings, KeyStore::Key key)
    : powers_(powers),
      holder_(lease_holder(settings.node.name, powers.random)),
      leases_(*powers.database),
      work_(thread_.executor(), log::task_fault("backup.task_fault")) {
    const bool is_streamed = settings.recovery.pg_mode == config::PgMode::Stream &&
                             settings.recovery.pg_stream_on_nodes &&
                             !stream_access(settings).url.empty();
    if (!is_streamed) return;
    // BackupPart says what is wrong with a plan that cannot be read.
    const auto plan = load_plan(settings.recovery.plan);
    auto wanted = streamer_settings(settings, cluster_of(key));
    if (!plan || plan->repositories.empty() || !wanted) return;
    wanted_ = *std::move(wanted);
    places_.emplace(*plan, OpenRepository::Powers{powers.clock, powers.random, pool_});
}

StreamPart::~StreamPart() {
    stop();
    thread_.stop();
    pool_.join();
}

void StreamPart::start() {
    if (!is_wanted()) return;
    thread_.start([this] { thread_.tasks().spawn("log lease", keep_lease()); });
}

net::awaitable<bool> StreamPart::lead() {
    std::string name = kLease;
    std::string holder = holder_;
    auto hold =
        leases_.hold(std::move(name), std::move(holder), powers_.clock.wall(), kLogLeaseFor);
    const auto held = co_await std::move(hold);
    // Where the database does not say, whoever streams goes on: the slot lets nobody else in.
    co_return held ? *held : is_at_it_;
}

net::awaitable<void> StreamPart::keep_lease() {
    for (;;) {
        const bool leads = co_await lead();
        const bool begins = leads && !is_at_it_ && powers_.clock.now() >= not_before_;
        if (begins) {
            is_at_it_ = true;
            work_.spawn("log stream", stream());
        }
        if (!leads) {
            const std::lock_guard lock(mutex_);
            if (streamer_) streamer_->stop();
            trouble_.clear();
        }
        const std::chrono::seconds pause = leads && is_at_it_ ? kKeepEvery : kTryEvery;
        co_await powers_.clock.sleep_until(powers_.clock.now() + pause);
    }
}

Async<bool> StreamPart::is_free() {
    const pg_stream::Access access = wanted_.access;
    const std::string slot = wanted_.slot;
    auto look = [access, slot] { return pg_stream::look_at_server(access, slot); };
    SW_CO_TRY(const pg_stream::ServerView seen, co_await offload(pool_, std::move(look)));
    co_return !seen.is_streamed;
}

/// However it ended, even by a fault of ours: another try may begin.
struct StreamPart::Term {
    StreamPart& part;
    explicit Term(StreamPart& of) : part(of) {}
    Term(const Term&) = delete;
    Term& operator=(const Term&) = delete;
    ~Term() {
        const std::lock_guard lock(part.mutex_);
        part.streamer_.reset();
        part.is_at_it_ = false;
    }
};

net::awaitable<void> StreamPart::stream() {
    const Term term(*this);
    // Before all that is in the repositories is read: it is asked every few seconds.
    const auto free = co_await is_free();
    if (free && *free && !stopping_) {
        {
            const std::lock_guard lock(mutex_);
            streamer_ = std::make_unique<pg_stream::LogStreamer>(
                places_->for_log(), wanted_, pg_stream::LogStreamer::Powers{powers_.clock, pool_});
        }
        stands_by_ = false;
        const auto how = co_await streamer_->run();
        ended(how);
    } else if (free && !*free) {
        stand_by();
    }
}

void StreamPart::stand_by() {
    if (!std::exchange(stands_by_, true)) {
        log::info("backup.log_elsewhere", {{"slot", wanted_.slot}});
    }
    const std::lock_guard lock(mutex_);
    trouble_.clear();
}

void StreamPart::ended(const Result<>& how) {
    const bool is_trouble = !how && how.error().code != ErrorCode::Cancelled;
    const bool is_busy = is_trouble && how.error().reason == "slot_busy";
    if (is_busy) stand_by();
    if (!is_trouble || is_busy) return;
    not_before_ = powers_.clock.now() + kMendedPerhaps;
    if (trouble_ != how.error().message) {
        log::error("backup.log_not_streamed", {{"error", how.error().message}});
    }
    const std::lock_guard lock(mutex_);
    trouble_ = how.error().message;
}

net::awaitable<void> StreamPart::end() {
    stopping_ = true;
    thread_.tasks().cancel();
    co_await thread_.tasks().join();
    {
        const std::lock_guard lock(mutex_);
        if (streamer_) streamer_->stop();
    }
    const Instant until = powers_.clock.now() + kLastPieces;
    while (is_at_it_ && powers_.clock.now() < until) {
        co_await powers_.clock.sleep_until(powers_.clock.now() + kStopPoll);
    }
    places_->stop();
    co_await work_.join();
    std::string name = kLease;
    std::string holder = holder_;
    auto release = leases_.release(std::move(name), std::move(holder));
    // Without it another node waits until it ends.
    (void)co_await std::move(release);
}

void StreamPart::stop() {
    thread_.end(end());
}

ComponentState StreamPart::state() const {
    const std::lock_guard lock(mutex_);
    if (!trouble_.empty()) return ComponentState::of(Status::Degraded, "log: " + trouble_);
    const bool follows = streamer_ && streamer_->status().is_following;
    return follows ? ComponentState::of(Status::Ok, "this node streams PostgreSQL's log")
                   : ComponentState::of(Status::Off, "");
}

void StreamPart::write_metrics(metrics::Text& text) const {
    const std::lock_guard lock(mutex_);
    const bool follows = streamer_ && streamer_->status().is_following;
    text.gauge("syncwatch_backup_log_streams", "1 on the node that streams PostgreSQL's log.",
               follows ? 1 : 0);
}

}  // namespace syncwatch::apps
