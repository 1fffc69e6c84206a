#include "apps/node/log_watch_part.h"

#include <algorithm>
#include <array>
#include <utility>

#include "apps/backup/cluster.h"
#include "apps/backup/stream_engine.h"
#include "apps/plan/plan_source.h"
#include "base/log/log.h"
#include "recovery/embedded/deadline.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
using http::ComponentState;
using recovery::Condition;
using recovery::FollowedLog;
using Status = ComponentState::Status;

/// A look is a question to the server, and a list of names from each place.
constexpr auto kLookEvery = 15s;
constexpr auto kLongestWatch = 60s;
/// Each has its metrics, also where the plan does not name it.
constexpr std::array kPlaces = {"near", "far"};

}  // namespace

LogWatchPart::LogWatchPart(Powers& powers, const config::Settings& settings, KeyStore::Key key,
                           const RoundsPart& rounds)
    : powers_(powers), rounds_(rounds) {
    const bool is_streamed =
        settings.recovery.pg_mode == config::PgMode::Stream && !stream_access(settings).url.empty();
    if (!is_streamed) return;
    // BackupPart says what is wrong with a plan that cannot be read.
    const auto plan = load_plan(settings.recovery.plan);
    if (plan && !plan->repositories.empty()) open(settings, *plan, key);
}

void LogWatchPart::open(const config::Settings& settings, const recovery::Plan& plan,
                        KeyStore::Key key) {
    places_.emplace(plan, OpenRepository::Powers{powers_.clock, powers_.random, pool_});
    auto opened = open_stream_backups(
        settings, cluster_of(key), {places_->places(), settings.data.dir}, {powers_.clock, pool_});
    if (opened) {
        stream_ = *std::move(opened);
    } else {
        log::warning("backup.not_opened", {{"error", opened.error().message}});
    }
}

LogWatchPart::~LogWatchPart() {
    stop();
    thread_.stop();
    pool_.join();
}

void LogWatchPart::start() {
    if (!is_wanted()) return;
    thread_.start([this] { thread_.tasks().spawn("log watch", watch()); });
}

void LogWatchPart::stop() {
    thread_.end(end());
}

net::awaitable<void> LogWatchPart::end() {
    thread_.tasks().cancel();
    places_->stop();
    co_await thread_.tasks().join();
}

net::awaitable<void> LogWatchPart::watch() {
    for (;;) {
        const auto rounds = rounds_.status();
        const bool leads = rounds && rounds->leads;
        if (leads) co_await look();
        if (!leads) {
            lag_ = {};
            note(std::nullopt);
        }
        co_await powers_.clock.sleep_until(powers_.clock.now() + kLookEvery);
    }
}

net::awaitable<void> LogWatchPart::look() {
    auto task = look_at_stream(*stream_, lag_, powers_.clock);
    auto seen = co_await recovery::by_deadline(powers_.clock, kLongestWatch, std::move(task));
    if (!seen) {
        FollowedLog log;
        log.slot = stream_->slot();
        log.trouble = "a place for backups, or the server, takes too long to answer";
        seen = std::move(log);
    }
    note(*std::move(seen));
}

void LogWatchPart::note(std::optional<FollowedLog> seen) {
    const auto since = [this](std::optional<WallTime>& begun, bool is_so) {
        if (!is_so) begun.reset();
        if (is_so && !begun) begun = powers_.clock.wall();
    };
    const std::lock_guard lock(mutex_);
    const bool was_behind = behind_since_.has_value();
    const auto behind = seen ? falls_behind(*seen) : std::nullopt;
    since(behind_since_, behind.has_value());
    since(piled_since_, seen && piles_up(*seen).has_value());
    if (behind && !was_behind) log::warning("backup.log_behind", {{"what", behind->what}});
    seen_ = std::move(seen);
}

ComponentState LogWatchPart::state() const {
    const std::lock_guard lock(mutex_);
    if (!seen_) return ComponentState::of(Status::Off, "");
    for (const auto& fault : {falls_behind(*seen_), piles_up(*seen_)}) {
        if (fault) return ComponentState::of(Status::Degraded, fault->what);
    }
    return ComponentState::of(Status::Ok, "log: " + describe(*seen_));
}

std::optional<std::vector<Condition>> LogWatchPart::conditions() const {
    std::vector<Condition> all;
    if (!is_wanted()) return all;
    const std::lock_guard lock(mutex_);
    if (!seen_) return std::nullopt;
    auto behind = falls_behind(*seen_);
    if (behind) {
        all.push_back(
            stream_falls_behind(*std::move(behind), *behind_since_, powers_.clock.wall()));
    }
    auto piled = piles_up(*seen_);
    if (piled) all.push_back(stream_piles_up(*std::move(piled), *piled_since_));
    return all;
}

void LogWatchPart::write_metrics(metrics::Text& text) const {
    const std::lock_guard lock(mutex_);
    const FollowedLog now = seen_.value_or(FollowedLog());
    const bool is_stopped = seen_ && now.trouble.empty() && !now.is_followed;
    text.gauge("syncwatch_backup_log_stopped", "1 while nobody streams PostgreSQL's log.",
               is_stopped ? 1 : 0);
    text.gauge("syncwatch_backup_log_unseen",
               "1 while PostgreSQL does not say whether its log is streamed.",
               now.trouble.empty() ? 0 : 1);
    text.gauge("syncwatch_backup_log_kept_bytes",
               "Of its log that PostgreSQL keeps until they were streamed.",
               static_cast<double>(now.kept_bytes));
    text.gauge("syncwatch_backup_log_kept_most_bytes",
               "Beyond it PostgreSQL keeps the log no longer; 0: until its disk is full.",
               static_cast<double>(now.kept_most.value_or(0)));
    const auto of_each = [&](const char* name, const char* help, auto value) {
        for (const char* place : kPlaces) {
            const auto found = std::ranges::find(now.places, place, &FollowedLog::OfPlace::name);
            text.gauge(name, help, found == now.places.end() ? 0.0 : value(*found),
                       {{"place", place}});
        }
    };
    of_each("syncwatch_backup_log_behind_bytes", "Of PostgreSQL's log that are not there yet.",
            [](const auto& place) { return static_cast<double>(place.bytes.value_or(0)); });
    of_each("syncwatch_backup_log_behind_seconds",
            "For so long some of PostgreSQL's log has been missing there.",
            [](const auto& place) { return static_cast<double>(place.behind.count()); });
}

}  // namespace syncwatch::apps
