#include "apps/node/rounds_part.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "apps/backup/cluster.h"
#include "apps/backup/outlook.h"
#include "apps/node/version.h"
#include "apps/plan/plan_source.h"
#include "base/log/log.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
using http::ComponentState;
using recovery::RoundsStatus;
using Status = ComponentState::Status;

constexpr auto kOpenDeskAgain = 15s;
/// All that can be backed up by rounds: each has its metrics, also where there is none of it.
constexpr std::array kComponents = {"config", "pg", "redis", "secrets"};

bool is_shared(const std::pair<const std::string, recovery::Repository>& named) {
    return named.second.url.starts_with("s3:");
}

/// The worst of its components, in words.
ComponentState worst_of(const RoundsStatus& now) {
    if (!now.trouble.empty()) return ComponentState::of(Status::Down, now.trouble);
    if (!now.leads) return ComponentState::of(Status::Ok, "another node makes them");
    ComponentState worst = ComponentState::of(Status::Ok, "");
    for (const auto& [name, each] : now.components) {
        std::string& detail = worst.detail;
        if (!detail.empty()) detail += "; ";
        if (each.damaged) {
            worst.status = Status::Down;
            detail += name + ": a backup is damaged";
        } else if (const auto* trouble = each.oldest_trouble()) {
            if (worst.status == Status::Ok) worst.status = Status::Degraded;
            detail += fmt::format("{}: {}", name, trouble->words);
        } else if (each.brings_back == WallTime{}) {
            detail += name + ": none yet";
        } else {
            detail += fmt::format("{}: as of {}", name, format_rfc3339(each.brings_back));
        }
        if (each.overdue && worst.status == Status::Ok) worst.status = Status::Degraded;
        if (each.overdue) detail += ", overdue since " + format_rfc3339(*each.overdue);
    }
    return worst;
}

}  // namespace

RoundsPart::RoundsPart(Powers& powers, const config::Settings& settings, KeyStore::Key key,
                       Of process)
    : powers_(powers),
      settings_(settings),
      process_(process),
      cluster_(cluster_of(key)),
      holder_(lease_holder(settings.node.name, powers.random)),
      leases_(*powers.database) {
    // BackupPart says what is wrong with a plan that cannot be read.
    auto plan = load_plan(settings.recovery.plan);
    if (!plan || plan->repositories.empty()) return;
    // A folder is one machine's own: there may be an empty one of its name where a worker runs.
    if (process == Of::Worker && !std::ranges::all_of(plan->repositories, is_shared)) return;
    plan_ = *std::move(plan);
}

RoundsPart::~RoundsPart() {
    stop();
    thread_.stop();
    pool_.join();
}

void RoundsPart::start() {
    if (!plan_) return;
    thread_.start([this] { thread_.tasks().spawn("rounds", go_round()); });
}

net::awaitable<void> RoundsPart::open_desk() {
    const auto scope =
        process_ == Of::Node ? BackupDesk::Scope::Everything : BackupDesk::Scope::Shared;
    while (!desk_) {
        auto opened = BackupDesk::open(settings_, *plan_, cluster_, kVersion,
                                       {powers_.clock, powers_.random, pool_}, scope);
        if (opened) {
            desk_ = *std::move(opened);
            co_return;
        }
        log::warning("backup.not_opened", {{"error", opened.error().message}});
        {
            const std::lock_guard lock(mutex_);
            trouble_ = opened.error().message;
        }
        co_await powers_.clock.sleep_until(powers_.clock.now() + kOpenDeskAgain);
    }
}

std::vector<recovery::BackupComponent*> RoundsPart::watched() {
    const auto& ours = desk_->backups().components();
    const bool is_ours =
        std::ranges::any_of(ours, [](const auto* each) { return each->name() == "pg"; });
    if (is_ours || powers_.postgres == nullptr) return {};
    return {&postgres_};
}

net::awaitable<void> RoundsPart::go_round() {
    co_await open_desk();
    {
        const std::lock_guard lock(mutex_);
        trouble_.clear();
        rounds_.emplace(*plan_,
                        recovery::Rounds::Powers{desk_->backups(), leases_, powers_.clock, holder_,
                                                 watched(), process_ == Of::Worker});
    }
    if (!desk_->backups().components().empty()) co_await rounds_->run();
}

net::awaitable<void> RoundsPart::end() {
    thread_.tasks().cancel();
    if (desk_) desk_->stop();
    co_await thread_.tasks().join();
    std::string name = recovery::Rounds::kLease;
    std::string holder = holder_;
    auto release = leases_.release(std::move(name), std::move(holder));
    // Without it another node waits until it ends.
    (void)co_await std::move(release);
}

void RoundsPart::stop() {
    thread_.end(end());
}

std::optional<RoundsStatus> RoundsPart::status() const {
    const std::lock_guard lock(mutex_);
    if (!rounds_) return std::nullopt;
    return rounds_->status();
}

ComponentState RoundsPart::state() const {
    if (!plan_) return ComponentState::of(Status::Off, "");
    const std::lock_guard lock(mutex_);
    if (!rounds_) return ComponentState::of(trouble_.empty() ? Status::Ok : Status::Down, trouble_);
    // An embedded database alone is backed up all the time.
    if (desk_->backups().components().empty()) return ComponentState::of(Status::Off, "");
    return worst_of(rounds_->status());
}

void RoundsPart::write_metrics(metrics::Text& text) const {
    RoundsStatus now = status().value_or(RoundsStatus());
    // What it knew when it led is not told for what is: it would grow old for ever.
    if (!now.leads) now.components.clear();
    text.gauge("syncwatch_backup_leads", "1 on the node that makes backups at given times.",
               now.leads ? 1 : 0);
    using Stock = RoundsStatus::OfComponent;
    const auto age = [this](WallTime then) {
        const std::chrono::duration<double> passed =
            then == WallTime{} ? std::chrono::microseconds(0) : powers_.clock.wall() - then;
        return passed.count();
    };
    const auto of_each = [&](const char* name, const char* help, auto value) {
        for (const char* component : kComponents) {
            const auto found = now.components.find(component);
            const Stock stock = found == now.components.end() ? Stock() : found->second;
            text.gauge(name, help, value(stock), {{"component", component}});
        }
    };
    of_each("syncwatch_backup_component_age_seconds",
            "Age of what a component would be brought back to; 0: no backup.",
            [&](const Stock& of) { return age(of.brings_back); });
    of_each("syncwatch_backup_verified_age_seconds",
            "Since a backup of it was last found sound; 0: never.",
            [&](const Stock& of) { return age(of.looked_at); });
    of_each("syncwatch_backup_restored_age_seconds",
            "Since a backup of it was last restored in a test; 0: never.",
            [&](const Stock& of) { return age(of.restored); });
    of_each("syncwatch_backup_overdue", "1 while a run that the plan wants was not begun.",
            [](const Stock& of) { return of.overdue ? 1 : 0; });
    of_each("syncwatch_backup_damaged", "1 while the last look at one found damage.",
            [](const Stock& of) { return of.damaged ? 1 : 0; });
    of_each("syncwatch_backup_failing",
            "1 while a run, a look or an expiry of it failed and was not done since.",
            [](const Stock& of) { return of.troubles.empty() ? 0 : 1; });
}

}  // namespace syncwatch::apps
