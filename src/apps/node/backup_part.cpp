#include "apps/node/backup_part.h"

#include <utility>

#include <fmt/format.h>

#include "adapters/system/thread_priority.h"
#include "apps/backup/cluster.h"
#include "apps/plan/plan_source.h"
#include "base/async/run_to_end.h"
#include "base/log/log.h"
#include "recovery/embedded/deadline.h"
#include "recovery/embedded/expiry.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
using http::ComponentState;
using recovery::ShipperStatus;
using Status = ComponentState::Status;

constexpr auto kOpenAgain = 15s;
constexpr auto kTidyBackupsEvery = 1h;
/// How long the far place may be behind the near one.
constexpr auto kBringEvery = 15s;
/// What a node that stops waits for the last changes to be shipped.
constexpr auto kLastPatience = 5s;
/// A moment that is older than this is said to be behind: an idle one is marked once a minute.
constexpr auto kFresh = 90s;

}  // namespace

BackupPart::BackupPart(Powers& powers, const config::Settings& settings, KeyStore::Key key)
    : powers_(powers), cluster_(cluster_of(key)), database_path_(settings.database_path()) {
    // A copy of all of it is read and digested while people talk.
    net::post(pool_, step_back);
    const auto plan = load_plan(settings.recovery.plan);
    if (!plan) {
        log::error("backup.no_plan", {{"error", plan.error().message}});
        trouble_with_plan_ = plan.error().message;
        return;
    }
    const auto near = plan->repositories.find("near");
    if (near != plan->repositories.end()) place_ = near->second;
    const auto far = plan->repositories.find("far");
    if (far != plan->repositories.end()) far_place_ = far->second;
    const auto rule = plan->backups.find("database");
    if (rule != plan->backups.end()) rule_ = rule->second;
}

BackupPart::~BackupPart() {
    stop();
    thread_.stop();
    pool_.join();
}

void BackupPart::start() {
    if (!is_wanted() || thread_.runs()) return;
    log_.emplace(*powers_.sqlite, database_path_, powers_.clock, sqlite::ChangeLog::Options());
    if (const auto held = run_to_end(log_->hold()); !held) {
        // It is tried again, but of what is written until then nobody will know when.
        log::warning("backup.log_not_held", {{"error", held.error().message}});
    }
    thread_.start([this] { thread_.tasks().spawn("ship", ship()); });
}

net::awaitable<void> BackupPart::open_repository() {
    while (!repository_) {
        auto opened = OpenRepository::open(*place_, {powers_.clock, powers_.random, pool_});
        if (opened) {
            repository_ = *std::move(opened);
            co_return;
        }
        log::warning("backup.not_opened", {{"error", opened.error().message}});
        {
            const std::lock_guard lock(mutex_);
            trouble_ = opened.error().message;
        }
        // The log waits for it, but the disk must not fill.
        const auto most = recovery::ShipperSettings().most_waiting_bytes;
        if (log_->waiting_bytes() > most) (void)co_await log_->let_go();
        co_await powers_.clock.sleep_until(powers_.clock.now() + kOpenAgain);
    }
}

net::awaitable<void> BackupPart::ship() {
    co_await open_repository();
    recovery::ShipperSettings settings;
    settings.cluster = cluster_;
    {
        const std::lock_guard lock(mutex_);
        trouble_.clear();
        shipper_.emplace(*log_, repository_->get(), powers_.clock, powers_.random, pool_,
                         std::move(settings));
    }
    thread_.tasks().spawn("tidy", tidy_now_and_then());
    if (far_place_) thread_.tasks().spawn("far", bring_far());
    co_await shipper_->run();
}

Result<> BackupPart::open_far() {
    if (second_place_) return {};
    SW_TRY(far_, OpenRepository::open(*far_place_, {powers_.clock, powers_.random, pool_}));
    second_place_.emplace(repository_->get(), far_->get(), cluster_);
    return {};
}

net::awaitable<void> BackupPart::bring_far() {
    for (;;) {
        Result<> brought = open_far();
        if (brought) {
            const auto bytes = co_await second_place_->bring_new();
            if (!bytes) brought = fail(bytes.error());
        }
        {
            const std::lock_guard lock(mutex_);
            const std::string now = brought ? "" : brought.error().message;
            if (!now.empty() && now != far_trouble_) {
                log::warning("backup.far_behind", {{"error", now}});
            }
            far_trouble_ = now;
        }
        co_await powers_.clock.sleep_until(powers_.clock.now() + kBringEvery);
    }
}

net::awaitable<void> BackupPart::tidy_now_and_then() {
    recovery::Packer packer(repository_->get(), cluster_);
    std::optional<recovery::Packer> far_packer;
    for (;;) {
        co_await powers_.clock.sleep_until(powers_.clock.now() + kTidyBackupsEvery);
        // A pack beside what it was made of would only cost room.
        if (place_->may_delete) co_await tidy(repository_->get(), packer);
        if (far_ && far_place_->may_delete) {
            if (!far_packer) far_packer.emplace(far_->get(), cluster_);
            co_await tidy(far_->get(), *far_packer);
        }
    }
}

net::awaitable<void> BackupPart::tidy(BackupRepository& place, recovery::Packer& packer) {
    const auto is_read = co_await recovery::embedded_is_read(place, cluster_, powers_.clock.wall());
    // Of a place that does not say there is nothing to remove either.
    if (!is_read) co_return;
    if (*is_read) {
        log::info("backup.expiry_held", {{"place", place.place()}});
        co_return;
    }
    co_await expire_in(place);
    co_await pack(packer);
}

net::awaitable<void> BackupPart::pack(recovery::Packer& packer) {
    const auto done = co_await packer.go_round();
    if (!done) {
        log::warning("backup.not_packed", {{"error", done.error().message}});
        co_return;
    }
    for (const std::string& each : done->damaged) log::error("backup.damaged", {{"piece", each}});
    if (done->packed + done->removed == 0) co_return;
    log::info("backup.packed", {{"pieces", done->packed}, {"removed", done->removed}});
}

net::awaitable<void> BackupPart::expire_in(BackupRepository& place) {
    if (!rule_.keep) co_return;
    recovery::KeepRule rule{*rule_.keep, rule_.keep_full};
    const auto removed =
        co_await recovery::expire_embedded(place, cluster_, rule, powers_.clock.wall());
    if (!removed) {
        log::warning("backup.not_expired", {{"error", removed.error().message}});
    } else if (*removed > 0) {
        log::info("backup.expired", {{"objects", *removed}});
    }
}

net::awaitable<void> BackupPart::end() {
    thread_.tasks().cancel();
    co_await thread_.tasks().join();
    if (!shipper_) co_return;
    auto last = shipper_->finish();
    const Result<> shipped =
        co_await recovery::by_deadline(powers_.clock, kLastPatience, std::move(last));
    if (!shipped) log::warning("backup.last_not_shipped", {{"error", shipped.error().message}});
    if (!second_place_) co_return;
    auto rest = second_place_->bring_new();
    const auto brought =
        co_await recovery::by_deadline(powers_.clock, kLastPatience, std::move(rest));
    if (!brought) log::warning("backup.far_behind", {{"error", brought.error().message}});
}

void BackupPart::stop() {
    if (!thread_.end(end())) return;
    if (repository_) repository_->stop();
    if (far_) far_->stop();
}

std::optional<ShipperStatus> BackupPart::status() const {
    const std::lock_guard lock(mutex_);
    if (!shipper_) return std::nullopt;
    return shipper_->status();
}

std::string BackupPart::far_trouble() const {
    const std::lock_guard lock(mutex_);
    return far_trouble_;
}

ComponentState BackupPart::state() const {
    if (!trouble_with_plan_.empty()) return ComponentState::of(Status::Down, trouble_with_plan_);
    if (powers_.sqlite == nullptr) {
        return ComponentState::of(Status::Off,
                                  "none: this version backs up no PostgreSQL, use its own tools");
    }
    if (!place_) {
        return ComponentState::of(
            Status::Off,
            "none: name a place for them in a plan (recovery.plan, [repository.near])");
    }
    const auto now = status();
    if (!now) {
        const std::lock_guard lock(mutex_);
        if (trouble_.empty()) return ComponentState::of(Status::Ok, "starting");
        return ComponentState::of(Status::Down, trouble_);
    }
    const std::string until =
        now->shipped_until == WallTime{}
            ? "nothing is there yet"
            : fmt::format("whole until {}", format_rfc3339(now->shipped_until));
    const bool is_late =
        now->shipped_until != WallTime{} && powers_.clock.wall() - now->shipped_until > kFresh;
    switch (now->state) {
        case ShipperStatus::State::Starting: return ComponentState::of(Status::Ok, "starting");
        case ShipperStatus::State::Following:
            if (!now->has_base)
                return ComponentState::of(Status::Ok, "the first copy is being made");
            if (const std::string far = far_trouble(); !far.empty()) {
                return ComponentState::of(Status::Degraded, fmt::format("{}; far: {}", until, far));
            }
            return ComponentState::of(is_late ? Status::Degraded : Status::Ok, until);
        case ShipperStatus::State::Away:
            return ComponentState::of(Status::Degraded, fmt::format("{}: {}", until, now->trouble));
        case ShipperStatus::State::FellBehind:
            return ComponentState::of(Status::Down,
                                      fmt::format("{}, nothing after it: {}", until, now->trouble));
    }
    return {};
}

void BackupPart::write_metrics(metrics::Text& text) const {
    const ShipperStatus now = status().value_or(ShipperStatus());
    const bool well = now.state == ShipperStatus::State::Following && now.has_base;
    const bool is_there = now.shipped_until != WallTime{};
    const std::chrono::duration<double> age =
        is_there ? powers_.clock.wall() - now.shipped_until : std::chrono::microseconds(0);
    text.gauge("syncwatch_backup_following", "1 while every change of the database is backed up.",
               well ? 1 : 0);
    text.gauge("syncwatch_backup_age_seconds",
               "Age of the moment that a loss of this machine now would come back to; 0: none.",
               age.count());
    text.gauge("syncwatch_backup_waiting_bytes",
               "Changes of the database that are not in the repository yet.",
               static_cast<double>(now.waiting_bytes));
}

}  // namespace syncwatch::apps
