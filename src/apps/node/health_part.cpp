#include "apps/node/health_part.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "adapters/program/surroundings.h"
#include "adapters/turn/stun_probe.h"
#include "apps/node/version.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
using http::ComponentState;
using Status = ComponentState::Status;

constexpr auto kProbeEvery = 60s;
constexpr const char* kProbeKey = "health/probe";

std::string in_gib(std::uint64_t bytes) {
    return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / (1024.0 * 1024 * 1024));
}

Result<> write_probe(sql::Connection& db, WallTime now) {
    SW_CHECK(
        db.run("INSERT INTO installation (key, value) VALUES (?, ?)"
               " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
               kProbeKey, format_rfc3339(now)));
    return {};
}

/// What a failed try to write is to the one who reads /health.
ComponentState cannot_write(const Error& error) {
    const bool read_only = error.reason == "read_only" || error.reason == "disk_full";
    return ComponentState::of(read_only ? Status::Degraded : Status::Down, error.message);
}

/// What goes on all the time and what is made at given times, as one component.
ComponentState together(ComponentState always, ComponentState at_times) {
    if (at_times.status == Status::Off) return always;
    if (always.status == Status::Off) return at_times;
    const bool is_worse = at_times.status > always.status;
    always.status = is_worse ? at_times.status : always.status;
    if (!at_times.detail.empty()) always.detail += "; " + at_times.detail;
    return always;
}

}  // namespace

bool HealthPart::Probe::is_due(Instant now) {
    if (last_ && now - *last_ < kProbeEvery) return false;
    last_ = now;
    return true;
}

HealthPart::HealthPart(Powers& powers, Storage& storage, const config::Settings& settings,
                       const WorkerPart& worker, net::any_io_executor home)
    : powers_(powers),
      storage_(storage),
      settings_(settings),
      worker_(worker),
      board_(powers.clock, std::move(home)),
      api_(board_, {kVersion, settings.node.name}) {
    board_.add("database", [this] { return database(); });
    board_.add("bus", [this] { return bus(); });
    board_.add("objects", [this] { return objects(); });
    if (settings.second.on()) {
        board_.add("objects_second", [this] { return second_objects(); });
    }
    board_.add("transcoder", [this] { return transcoder(); });
}

void HealthPart::add_turn_and_backup(const BackupPart& backup, const RoundsPart& rounds,
                                     const LogWatchPart& log, const StreamPart& stream) {
    board_.add("turn", [this] { return turn(); });
    board_.add("backup", [&backup, &rounds, &log, &stream]() -> net::awaitable<ComponentState> {
        const ComponentState streamed = together(log.state(), stream.state());
        co_return together(together(backup.state(), rounds.state()), streamed);
    });
}

void HealthPart::add_backup(const RoundsPart& rounds) {
    board_.add("backup",
               [&rounds]() -> net::awaitable<ComponentState> { co_return rounds.state(); });
}

void HealthPart::add_notifications(const SignalsPart& signals) {
    board_.add("notifications",
               [&signals]() -> net::awaitable<ComponentState> { co_return signals.state(); });
}

net::awaitable<void> HealthPart::refresh() {
    auto report = co_await board_.report();
    const std::lock_guard lock(mutex_);
    report_ = std::move(report);
}

void HealthPart::write_metrics(metrics::Text& text) const {
    text.gauge("syncwatch_transcodes_waiting", "Films that nobody is preparing yet.",
               static_cast<double>(waiting_jobs_.load()));
    text.gauge("syncwatch_trash_films", "Films that were deleted and can be brought back.",
               static_cast<double>(trash_films_.load()));
    text.gauge("syncwatch_trash_bytes", "Bytes of their objects.",
               static_cast<double>(trash_bytes_.load()));
    const std::lock_guard lock(mutex_);
    for (const auto& each : report_.components) {
        const bool well = each.state.status == Status::Ok || each.state.status == Status::Off;
        text.gauge("syncwatch_component_well",
                   "1 while a component of /health is ok or off, 0 while it is degraded or down.",
                   well ? 1 : 0, {{"component", each.name}});
    }
}

net::awaitable<ComponentState> HealthPart::database() {
    const Instant begun = powers_.clock.now();
    auto look = [](sql::Connection& db) {
        return db.query_one("SELECT 1", [](const sql::Row& row) { return row.integer(0); });
    };
    const auto read = co_await powers_.database->read(std::move(look));
    if (!read) co_return ComponentState::of(Status::Down, read.error().message);
    ComponentState state = ComponentState::of(
        Status::Ok,
        powers_.postgres == nullptr ? "SQLite" : "PostgreSQL at " + powers_.postgres->place());
    state.latency_ms =
        std::chrono::duration<double, std::milli>(powers_.clock.now() - begun).count();
    // What cannot be written to is looked at each time: it may be well again.
    if (database_probe_.is_due(begun) || database_write_) {
        const WallTime now = powers_.clock.wall();
        auto write = [now](sql::Connection& db) { return write_probe(db, now); };
        const auto written = co_await powers_.database->write(std::move(write));
        database_write_.reset();
        if (!written) database_write_ = written.error();
    }
    if (database_write_) co_return cannot_write(*database_write_);
    co_return state;
}

net::awaitable<ComponentState> HealthPart::bus() {
    ComponentState state = powers_.node_bus->state();
    if (names_ != nullptr && names_->shared()) {
        if (state.status == Status::Ok) state.status = Status::Degraded;
        state.detail += fmt::format("; another node is named {}, too: give each its own node.name",
                                    names_->name());
    }
    co_return state;
}

net::awaitable<std::string> HealthPart::trash() {
    if (trash_probe_.is_due(powers_.clock.now())) {
        const auto held = co_await powers_.media.trash_figures();
        if (held) trash_films_ = held->videos;
        if (held) trash_bytes_ = held->bytes;
    }
    if (trash_films_ == 0) co_return "";
    co_return fmt::format(", {} taken by {} deleted films", in_gib(trash_bytes_),
                          trash_films_.load());
}

net::awaitable<ComponentState> HealthPart::s3_objects() {
    const Instant begun = powers_.clock.now();
    const auto there = co_await storage_.s3()->check();
    if (!there) co_return ComponentState::of(Status::Down, there.error().message);
    ComponentState state = ComponentState::of(Status::Ok, "S3");
    state.latency_ms =
        std::chrono::duration<double, std::milli>(powers_.clock.now() - begun).count();
    const std::string held = co_await trash();
    state.detail += held;
    co_return state;
}

net::awaitable<ComponentState> HealthPart::second_objects() {
    if (storage_.second_trouble()) {
        co_return ComponentState::of(Status::Down, storage_.second_trouble()->message);
    }
    const Instant begun = powers_.clock.now();
    SecondStore& second = *storage_.second();
    ComponentState state = ComponentState::of(Status::Ok, "S3");
    if (second.s3() != nullptr) {
        const auto there = co_await second.s3()->check();
        if (!there) co_return ComponentState::of(Status::Down, there.error().message);
    } else {
        const auto free = co_await second.blobs().free_bytes();
        if (!free) co_return ComponentState::of(Status::Down, free.error().message);
        state.detail = in_gib(*free) + " free";
    }
    state.latency_ms =
        std::chrono::duration<double, std::milli>(powers_.clock.now() - begun).count();
    co_return state;
}

net::awaitable<ComponentState> HealthPart::objects() {
    if (storage_.s3() != nullptr) co_return co_await s3_objects();
    const Instant begun = powers_.clock.now();
    const auto free = co_await storage_.first().free_bytes();
    if (!free) co_return ComponentState::of(Status::Down, free.error().message);
    ComponentState state = ComponentState::of(Status::Ok, in_gib(*free) + " free");
    state.latency_ms =
        std::chrono::duration<double, std::milli>(powers_.clock.now() - begun).count();
    if (objects_probe_.is_due(begun) || objects_write_) {
        const auto written = co_await storage_.first().put(kProbeKey, "probe");
        objects_write_.reset();
        if (!written) objects_write_ = written.error();
        (void)co_await storage_.first().remove(kProbeKey);
    }
    const std::string held = co_await trash();
    state.detail += held;
    if (objects_write_) co_return cannot_write(*objects_write_);
    if (*free < settings_.uploads.keep_free) {
        state.status = Status::Degraded;
        state.detail += fmt::format(", less than the {} to keep: no uploads until there is more",
                                    in_gib(settings_.uploads.keep_free));
        if (trash_films_ > 0) state.detail += "; syncwatch video purge makes room";
    }
    co_return state;
}

net::awaitable<ComponentState> HealthPart::turn() {
    const auto& servers = settings_.ice.servers;
    if (servers.empty()) {
        co_return ComponentState::of(Status::Off,
                                     "no TURN server is configured: voice works where browsers "
                                     "reach one another");
    }
    if (turn_probe_.is_due(powers_.clock.now()) || turn_error_) {
        turn_error_.reset();
        for (const std::string& url : servers) {
            const auto there = co_await probe_ice_server(url);
            if (!there) turn_error_ = there.error();
        }
    }
    if (turn_error_) co_return ComponentState::of(Status::Degraded, turn_error_->message);
    co_return ComponentState::of(Status::Ok, fmt::format("{} servers answer", servers.size()));
}

net::awaitable<ComponentState> HealthPart::transcoder() {
    if (!settings_.media.work)
        co_return ComponentState::of(Status::Off, "this node does not transcode");
    for (const auto& tool : {settings_.media.ffmpeg, settings_.media.ffprobe}) {
        if (program::find_program(tool)) continue;
        co_return ComponentState::of(Status::Down,
                                     tool + " was not found: films cannot be prepared");
    }
    const TranscodeWorker::Status now = worker_.status();
    if (!now.problem.empty()) {
        co_return ComponentState::of(Status::Down, now.problem + ": films cannot be prepared");
    }
    if (const auto jobs = co_await powers_.media.jobs()) {
        const auto free = std::ranges::count_if(
            *jobs, [](const Job& each) { return !each.leased_until.has_value(); });
        waiting_jobs_ = static_cast<std::size_t>(free);
    }
    co_return ComponentState::of(
        Status::Ok, fmt::format("{} under way, {} waiting", now.running, waiting_jobs_.load()));
}

}  // namespace syncwatch::apps
