#include "adapters/pg_stream/streamer.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/async/offload.h"
#include "base/log/log.h"

namespace syncwatch::pg_stream {
namespace {

using namespace std::chrono_literals;

constexpr auto kReceive = 100ms;
/// Between words to a server that has nothing to say: it answers, or it is gone.
constexpr auto kAskAlive = 5s;
constexpr auto kSilence = 20s;
/// For what has come, at the end.
constexpr auto kLastShip = 4s;

bool is_for_people(const Error& error) {
    return error.reason == "log_differs" || error.reason == "log_ahead" ||
           error.code == ErrorCode::Forbidden || error.code == ErrorCode::InvalidInput ||
           error.code == ErrorCode::Cancelled;
}

}  // namespace

template <class Work>
auto LogStreamer::on_pool(Work work) {
    return offload(powers_.pool, std::move(work));
}

Async<> LogStreamer::run() {
    auto pause = settings_.first_retry;
    auto busy_for = 0ms;
    for (;;) {
        const auto ended = co_await follow();
        connection_.reset();
        if (stopping_) co_return Result<>();
        const Error& error = ended.error();
        if (is_for_people(error)) co_return fail(error);
        if (error.reason == "log_gap") note_gap(error.message);
        const bool is_busy = error.reason == "slot_busy";
        if (is_busy && !has_followed_ && busy_for >= settings_.busy_patience) {
            co_return fail(error);
        }
        if (status().trouble.empty()) {
            log::warning("backup.log_stopped", {{"error", error.message}});
        }
        if (status().is_following) pause = settings_.first_retry;
        note(error.message);
        busy_for += pause;
        co_await rest(pause);
        if (stopping_) co_return Result<>();
        pause = std::min(pause * 2, settings_.last_retry);
    }
}

/// Until then, or stop().
net::awaitable<void> LogStreamer::rest(std::chrono::milliseconds pause) {
    const Instant until = powers_.clock.now() + pause;
    while (!stopping_ && powers_.clock.now() < until) {
        co_await powers_.clock.sleep_until(std::min(until, powers_.clock.now() + kReceive));
    }
}

/// Returns with an error, or at the end.
Async<> LogStreamer::follow() {
    const Access access = settings_.access;
    auto open = [access] { return Replication::open(access); };
    SW_CO_TRY(connection_, co_await on_pool(std::move(open)));
    auto ask = [this] { return connection_->identify(); };
    SW_CO_TRY(const Replication::Identity identity, co_await on_pool(std::move(ask)));
    SW_CO_CHECK(co_await open_shelves(identity));
    SW_CO_CHECK(co_await resume(identity));
    SW_CO_CHECK(co_await start());
    const auto executor = co_await net::this_coro::executor;
    TaskGroup tasks(executor, [](const std::string& task, const std::string& what) {
        log::error("backup.log_task_fault", {{"task", task}, {"error", what}});
    });
    for (const auto& each : shelves_) tasks.spawn("log into " + each->name(), each->run(shelves_));
    Result<> ended;
    while (ended && !stopping_) {
        auto next = co_await stream();
        if (next && *next != 0) {
            ended = co_await turn_to(*next);
        } else if (!next) {
            ended = fail(std::move(next).error());
        } else if (!stopping_) {
            ended = fail_unavailable("backup", "PostgreSQL ended the stream", 1s);
        }
    }
    co_await wait_for_shelves();
    auto confirm = [this] { return connection_->confirm(durable(), false); };
    (void)co_await on_pool(std::move(confirm));
    tasks.cancel();
    co_await tasks.join();
    co_return ended;
}

Async<> LogStreamer::start() {
    const wal::Lsn from = intake_.segment.begin();
    auto begin = [this, from] { return connection_->start(settings_.slot, from, timeline_); };
    SW_CO_CHECK(co_await on_pool(std::move(begin)));
    log::info("backup.log_follows",
              {{"timeline", timeline_}, {"from", wal::text(from)}, {"slot", settings_.slot}});
    has_followed_ = true;
    note("");
    co_return Result<>();
}

/// The next timeline; 0: the server, or we, are to end.
Async<std::uint32_t> LogStreamer::stream() {
    Instant heard = powers_.clock.now();
    Instant told = heard;
    wal::Lsn told_of;
    while (!stopping_) {
        for (const auto& each : shelves_) {
            if (each->fatal()) co_return fail(*each->fatal());
        }
        Replication::Batch batch;
        if (all_are_full()) {
            co_await powers_.clock.sleep_until(powers_.clock.now() + kReceive);
            heard = powers_.clock.now();
        } else {
            auto receive = [this] { return connection_->receive(kReceive); };
            SW_CO_TRY(batch, co_await on_pool(std::move(receive)));
        }
        const Instant now = powers_.clock.now();
        if (batch.was_heard) heard = now;
        SW_CO_CHECK(add(batch.bytes));
        if (batch.next) co_return *batch.next;
        if (now > heard + kSilence) {
            co_return fail_unavailable("backup", "PostgreSQL says nothing any more", 1s);
        }
        const wal::Lsn have = durable();
        const bool is_news = have > told_of && now > told + settings_.shelf.every;
        const bool asks = now > told + kAskAlive;
        if (!batch.wants_reply && !is_news && !asks) continue;
        auto confirm = [this, have, asks] { return connection_->confirm(have, asks); };
        SW_CO_CHECK(co_await on_pool(std::move(confirm)));
        told = now;
        told_of = have;
        note("");
    }
    co_return 0;
}

Result<> LogStreamer::add(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t have = intake_.bytes.size();
        const std::string_view part =
            bytes.substr(0, static_cast<std::size_t>(wal::kSegmentBytes) - have);
        bytes.remove_prefix(part.size());
        if (have < expected_.size()) {
            const std::string_view known = std::string_view(expected_).substr(have, part.size());
            if (known != part.substr(0, known.size())) {
                return fail(ErrorCode::Conflict,
                            fmt::format("{} says something else than what is in the repository: "
                                        "it is not the server whose log that is",
                                        intake_.segment.name()),
                            "log_differs");
            }
        }
        intake_.bytes += part;
        if (intake_.bytes.size() == wal::kSegmentBytes) finish_segment();
    }
    return {};
}

void LogStreamer::finish_segment() {
    const wal::Segment done = intake_.segment;
    const auto bytes = std::make_shared<const std::string>(std::move(intake_.bytes));
    for (const auto& each : shelves_) {
        wal::Lsn elsewhere;
        for (const auto& other : shelves_) {
            if (other != each) elsewhere = std::max(elsewhere, other->durable());
        }
        each->take({done, bytes, intake_.before}, elsewhere);
    }
    begin_segment({done.timeline, done.number + 1}, done);
}

void LogStreamer::begin_segment(wal::Segment segment, std::optional<wal::Segment> before) {
    intake_.segment = segment;
    intake_.before = before;
    intake_.bytes.clear();
    expected_.clear();
}

/// What has come is brought before the segment is left, or the end: for some time.
net::awaitable<void> LogStreamer::wait_for_shelves() {
    const Instant until = powers_.clock.now() + kLastShip;
    const auto one_has_all = [this] {
        return std::ranges::all_of(shelves_, [](const auto& each) {
            return each->has_all() || each->lags() || !each->trouble().empty() || each->fatal();
        });
    };
    while (!one_has_all() && powers_.clock.now() < until) {
        co_await powers_.clock.sleep_until(powers_.clock.now() + 20ms);
    }
    note("");
}

wal::Lsn LogStreamer::durable() const {
    wal::Lsn most;
    for (const auto& each : shelves_) {
        if (!each->lags()) most = std::max(most, each->durable());
    }
    return most;
}

bool LogStreamer::all_are_full() const {
    return std::ranges::all_of(shelves_,
                               [](const auto& each) { return each->lags() || each->is_full(); });
}

/// What is missing is missing for good: better to go on than to stand still.
void LogStreamer::note_gap(const std::string& words) {
    const std::string from = wal::text(intake_.segment.begin());
    log::error("backup.log_gap", {{"from", from}, {"error", words}});
    start_over_ = true;
    const std::lock_guard lock(mutex_);
    status_.gap = "from " + from + " on: " + words;
}

void LogStreamer::note(const std::string& trouble) {
    std::string words = trouble;
    for (const auto& each : shelves_) {
        if (!words.empty() || each->trouble().empty()) continue;
        words = each->name() + ": " + each->trouble();
    }
    const wal::Lsn received{intake_.segment.begin().value + intake_.bytes.size()};
    const std::lock_guard lock(mutex_);
    status_.is_following = trouble.empty();
    status_.trouble = std::move(words);
    status_.timeline = timeline_;
    status_.received = received;
    status_.durable = durable();
    if (trouble.empty() && status_.durable >= received) status_.durable_at = powers_.clock.wall();
}

StreamerStatus LogStreamer::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

}  // namespace syncwatch::pg_stream
