#include "apps/node/signals_part.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "apps/backup/cluster.h"
#include "apps/plan/plan_source.h"

namespace syncwatch::apps {
namespace {

using http::ComponentState;
using recovery::Channel;
using recovery::HeartStatus;
using recovery::TellerStatus;
using Status = ComponentState::Status;

/// As people know this installation: its address, or else the node.
std::string site_of(const config::Settings& settings) {
    return settings.server.public_url.empty() ? settings.node.name : settings.server.public_url;
}

void add_words(ComponentState& state, const std::string& words) {
    if (!state.detail.empty()) state.detail += "; ";
    state.detail += words;
}

}  // namespace

SignalsPart::SignalsPart(Powers& powers, const config::Settings& settings, KeyStore::Key key,
                         const RoundsPart& rounds, const BackupPart& backup,
                         const LogWatchPart& log)
    : powers_(powers), rounds_(rounds), backup_(backup), log_(log), store_(*powers.database) {
    // BackupPart says what is wrong with a plan that cannot be read.
    auto plan = load_plan(settings.recovery.plan);
    if (!plan || (plan->channels.empty() && !plan->heartbeat)) return;
    plan_ = *std::move(plan);
    channels_.emplace(plan_, powers_.clock);
    for (const OpenChannels::Outlet& each : channels_->outlets()) {
        recovery::Audience audience{each.channel.name, each.channel.about, cluster_of(key),
                                    site_of(settings)};
        recovery::Teller::Powers of_teller{*each.notifier, store_, powers_.clock,
                                           [this] { return observe(); }};
        voices_.emplace_back(each.channel.kind, std::move(audience), std::move(of_teller));
    }
    if (channels_->pulse() == nullptr) return;
    heart_.emplace(*channels_->pulse(), powers_.clock, [this] { return is_well(); });
}

SignalsPart::~SignalsPart() {
    stop();
    thread_.stop();
}

void SignalsPart::start() {
    if (!channels_) return;
    thread_.start([this] {
        for (Voice& each : voices_) thread_.tasks().spawn(each.teller.channel(), each.teller.run());
        if (heart_) thread_.tasks().spawn("heart", heart_->run());
    });
}

void SignalsPart::stop() {
    if (!thread_.runs()) return;
    channels_->stop();
    thread_.end(end());
}

net::awaitable<void> SignalsPart::end() {
    thread_.tasks().cancel();
    co_await thread_.tasks().join();
}

std::optional<recovery::Condition> SignalsPart::look_at_log(WallTime now) {
    const ComponentState log = backup_.state();
    const bool is_behind = log.status == Status::Degraded || log.status == Status::Down;
    if (!is_behind) log_behind_since_.reset();
    if (!is_behind) return std::nullopt;
    if (!log_behind_since_) log_behind_since_ = now;
    return recovery::log_is_behind(log.detail, *log_behind_since_, now);
}

std::optional<recovery::Observed> SignalsPart::observe() {
    const auto rounds = rounds_.status();
    if (!rounds) return std::nullopt;
    const WallTime now = powers_.clock.wall();
    auto observed = recovery::observe(plan_, *rounds, now);
    if (!observed) return std::nullopt;
    auto behind = look_at_log(now);
    if (behind) observed->standing.push_back(*std::move(behind));
    auto streamed = log_.conditions();
    // A node that leads since a moment has not looked: what was told before may still be so.
    if (!streamed) observed->is_whole = false;
    if (streamed) std::ranges::move(*streamed, std::back_inserter(observed->standing));
    return observed;
}

std::optional<bool> SignalsPart::is_well() {
    const auto rounds = rounds_.status();
    const auto observed = observe();
    if (!rounds || !observed) return std::nullopt;
    return recovery::is_well(*observed, *rounds, powers_.clock.wall());
}

ComponentState SignalsPart::state() const {
    ComponentState state;
    if (!channels_) {
        state.status = Status::Off;
        state.detail = "nobody: name whom to tell in the plan ([[notify]], [heartbeat])";
        return state;
    }
    for (const Voice& each : voices_) {
        const TellerStatus now = each.teller.status();
        if (now.trouble.empty()) continue;
        state.status = Status::Degraded;
        add_words(state, fmt::format("{}: {}", each.teller.channel(), now.trouble));
    }
    const HeartStatus beat = heart_ ? heart_->status() : HeartStatus();
    if (!beat.trouble.empty()) {
        state.status = Status::Degraded;
        add_words(state, "heartbeat: " + beat.trouble);
    }
    if (!state.detail.empty()) return state;
    state.detail = fmt::format("{} channel{}", voices_.size(), voices_.size() == 1 ? "" : "s");
    if (!heart_) return state;
    add_words(state, beat.last == WallTime{} ? "no heartbeat from here yet"
                                             : "last heartbeat at " + format_rfc3339(beat.last));
    return state;
}

void SignalsPart::write_metrics(metrics::Text& text) const {
    const auto of_each = [&](auto write) {
        for (const Channel::Kind kind : recovery::channel_kinds()) {
            TellerStatus sum;
            bool fails = false;
            for (const Voice& each : voices_) {
                if (each.kind != kind) continue;
                const TellerStatus now = each.teller.status();
                sum.told += now.told;
                sum.failures += now.failures;
                sum.waiting += now.waiting;
                fails = fails || !now.trouble.empty();
            }
            write(sum, fails, recovery::word(kind));
        }
    };
    of_each([&](const TellerStatus& sum, bool, std::string_view kind) {
        text.counter("syncwatch_notifications_sent_total", "Messages that were heard.",
                     static_cast<double>(sum.told), {{"kind", kind}});
    });
    of_each([&](const TellerStatus& sum, bool, std::string_view kind) {
        text.counter("syncwatch_notifications_failed_total", "Tries that were not heard.",
                     static_cast<double>(sum.failures), {{"kind", kind}});
    });
    of_each([&](const TellerStatus& sum, bool, std::string_view kind) {
        text.gauge("syncwatch_notifications_waiting", "Messages that are still to be sent.",
                   static_cast<double>(sum.waiting), {{"kind", kind}});
    });
    const HeartStatus beat = heart_ ? heart_->status() : HeartStatus();
    const auto write_failing = [&](bool fails, std::string_view kind) {
        text.gauge("syncwatch_notifications_failing",
                   "1 while the last message, or beat, of that kind was not heard.", fails ? 1 : 0,
                   {{"kind", kind}});
    };
    of_each([&](const TellerStatus&, bool fails, std::string_view kind) {
        write_failing(fails, kind);
    });
    write_failing(!beat.trouble.empty(), "heartbeat");
    const std::chrono::duration<double> age =
        beat.last == WallTime{} ? std::chrono::microseconds(0) : powers_.clock.wall() - beat.last;
    text.gauge("syncwatch_notifications_heartbeat_age_seconds",
               "Since the service outside was last told that all is well; 0: it was not.",
               age.count());
}

}  // namespace syncwatch::apps
