#include "recovery/backups/rounds.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log/log.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kPause = 30s;
/// Others write to the repositories as well: operators, and a node that was the leader before.
constexpr std::chrono::minutes kStockFor = 10min;
constexpr std::chrono::seconds kLeaseFor = 5min;
/// Whether something changed is not asked all the time: a fingerprint of secrets costs a second.
constexpr std::chrono::minutes kAskForChange = 10min;
constexpr std::chrono::seconds kFirstPatience = 1min;
constexpr std::chrono::seconds kMostPatience = 1h;
/// The kinds of work: each fails and succeeds for itself.
constexpr const char* kRun = "run";
constexpr const char* kLook = "look";
constexpr const char* kLetGo = "let go";

std::string one_of(const std::string& work, const std::string& component) {
    return work + " " + component;
}

WallTime last_look(const Survey& survey, BackupId backup) {
    WallTime last{};
    for (const Verification& each : survey.verifications) {
        if (each.backup == backup) last = std::max(last, each.at);
    }
    return last;
}

const Catalogued* of_look(const Survey& survey, const Verification& look,
                          const std::string& component) {
    const Catalogued* const backup = survey.find(look.backup);
    const bool is_of_it =
        backup != nullptr && backup->record().component == component && !backup->is_expired;
    return is_of_it ? backup : nullptr;
}

RoundsStatus::OfComponent stock_of(const Survey& survey, const std::string& component,
                                   VerifyLevel deepest) {
    RoundsStatus::OfComponent stock;
    for (const BackupRecord& each : survey.records_of(component)) {
        const bool is_older = stock.kept_since == WallTime{} || each.started < stock.kept_since;
        if (is_older) stock.kept_since = each.started;
        stock.backed_up = std::max(stock.backed_up, each.started);
        stock.brings_back = std::max(stock.brings_back, each.window.to);
    }
    std::map<BackupId, const Verification*> last;
    for (const Verification& each : survey.verifications) {
        if (of_look(survey, each, component) == nullptr) continue;
        const Verification*& newest = last[each.backup];
        if (newest == nullptr || newest->at <= each.at) newest = &each;
        if (!each.sound) continue;
        stock.looked_at = std::max(stock.looked_at, each.at);
        if (each.level >= deepest) stock.tested = std::max(stock.tested, each.at);
        if (each.level == VerifyLevel::Restore) stock.restored = std::max(stock.restored, each.at);
    }
    stock.damaged = !survey.faults(component).empty() ||
                    std::ranges::any_of(last, [](const auto& e) { return !e.second->sound; });
    return stock;
}

}  // namespace

const RoundsStatus::Trouble* RoundsStatus::OfComponent::oldest_trouble() const {
    const Trouble* oldest = nullptr;
    for (const auto& [work, each] : troubles) {
        if (oldest == nullptr || each.since < oldest->since) oldest = &each;
    }
    return oldest;
}

RoundsStatus Rounds::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

net::awaitable<void> Rounds::run() {
    for (;;) {
        co_await go_round();
        co_await powers_.clock.sleep_until(powers_.clock.now() + kPause);
    }
}

net::awaitable<void> Rounds::go_round() {
    const bool leads = co_await lead();
    const bool knows = leads && co_await take_stock();
    {
        const std::lock_guard lock(mutex_);
        status_.leads = leads;
        if (!leads) status_.went_round = {};
    }
    if (!knows) co_return;
    co_await make_due();
    co_await let_go_again();
    co_await look_in_turn();
    tell_status();
    if (powers_.stands_in) co_await let_others_lead();
    const std::lock_guard lock(mutex_);
    status_.went_round = powers_.clock.wall();
}

net::awaitable<void> Rounds::let_others_lead() {
    std::string name = kLease;
    std::string holder = powers_.holder;
    auto release = powers_.leases.release(std::move(name), std::move(holder));
    // Without it they wait until it ends.
    (void)co_await std::move(release);
}

net::awaitable<bool> Rounds::lead() {
    std::string name = kLease;
    std::string holder = powers_.holder;
    auto hold =
        powers_.leases.hold(std::move(name), std::move(holder), powers_.clock.wall(), kLeaseFor);
    const auto held = co_await std::move(hold);
    if (held) co_return *held;
    tell_trouble(held.error());
    co_return false;
}

net::awaitable<bool> Rounds::take_stock() {
    const bool is_fresh = surveyed_ && powers_.clock.now() - *surveyed_ < kStockFor;
    if (is_fresh) co_return true;
    auto survey = co_await powers_.backups.catalogue().survey();
    if (survey) {
        survey_ = *std::move(survey);
        surveyed_ = powers_.clock.now();
        for (const Trouble& each : survey_.faults()) {
            log::error("backup.record_damaged",
                       {{"place", each.place}, {"object", each.object}, {"what", each.what}});
        }
        tell_status();
        co_return true;
    }
    log::warning("backup.no_stock", {{"error", survey.error().message}});
    tell_trouble(survey.error());
    co_return false;
}

bool Rounds::is_patient(const std::string& work, const std::string& component) const {
    const auto found = patience_.find(one_of(work, component));
    return found != patience_.end() && powers_.clock.now() < found->second.not_before;
}

bool Rounds::is_troubled(const std::string& work, const std::string& component) const {
    return patience_.contains(one_of(work, component));
}

void Rounds::went(const std::string& work, const std::string& component, const Error* failed) {
    const std::string key = one_of(work, component);
    if (failed == nullptr) {
        patience_.erase(key);
    } else {
        Patience& patience = patience_[key];
        const auto pause = kFirstPatience * (1U << std::min<std::uint64_t>(patience.failures, 6));
        ++patience.failures;
        patience.not_before =
            powers_.clock.now() + std::min<std::chrono::seconds>(pause, kMostPatience);
        log::warning("backup.failed", {{"work", key}, {"error", failed->message}});
    }
    const std::lock_guard lock(mutex_);
    auto& told = status_.components[component];
    if (failed == nullptr) {
        told.troubles.erase(work);
        return;
    }
    ++told.failures;
    auto& trouble = told.troubles[work];
    if (trouble.since == WallTime{}) trouble.since = powers_.clock.wall();
    trouble.words = failed->message;
}

void Rounds::need_not(const std::string& work, const std::string& component) {
    if (is_troubled(work, component)) went(work, component, nullptr);
}

bool Rounds::asks_for_change(const std::string& component) {
    const Instant now = powers_.clock.now();
    const auto [last, is_first] = asked_.try_emplace(component, now);
    if (!is_first && now - last->second < kAskForChange) return false;
    last->second = now;
    return true;
}

net::awaitable<void> Rounds::make_due() {
    const auto runs = due(plan_, survey_, powers_.backups.components(), powers_.clock.wall());
    for (const BackupComponent* each : powers_.backups.components()) {
        const bool is_due = std::ranges::find(runs, each->name(), &Due::component) != runs.end();
        if (!is_due) need_not(kRun, each->name());
    }
    for (const Due& each : runs) {
        if (is_patient(kRun, each.component)) continue;
        if (each.if_changed && !asks_for_change(each.component)) continue;
        // One that took long may have cost the lease.
        const bool leads = co_await lead();
        if (!leads) co_return;
        co_await make(each);
    }
}

net::awaitable<void> Rounds::make(Due due) {
    Backups::Order order;
    order.component = due.component;
    order.kind = due.kind;
    order.even_unchanged = !due.if_changed;
    TellProgress nobody;
    const auto made = co_await powers_.backups.run(std::move(order), std::move(nobody));
    went(kRun, due.component, made ? nullptr : &made.error());
    if (!made || !made->is_new) co_return;
    surveyed_.reset();
    log::info("backup.made", {{"component", due.component},
                              {"backup", made->stored.record.id.text()},
                              {"bytes", made->stored.record.stored_bytes}});
    co_await let_go(due.component);
    (void)co_await take_stock();
}

net::awaitable<void> Rounds::let_go(std::string component) {
    const Retention retention = retention_of(plan_, component);
    const auto expired = co_await powers_.backups.expire(component, retention, true);
    went(kLetGo, component, expired ? nullptr : &expired.error());
    if (!expired) co_return;
    for (const BackupId each : expired->expiry.goes) {
        log::info("backup.expired", {{"component", component}, {"backup", each.text()}});
    }
}

net::awaitable<void> Rounds::let_go_again() {
    for (const BackupComponent* each : powers_.backups.components()) {
        const std::string component = each->name();
        if (!is_troubled(kLetGo, component) || is_patient(kLetGo, component)) continue;
        const bool leads = co_await lead();
        if (!leads) co_return;
        co_await let_go(component);
    }
}

bool Rounds::wants_look(const std::string& component) const {
    if (!plan_.read_again_within) return false;
    const auto oldest = longest_unseen(survey_, component, VerifyLevel::Checksums);
    // A quarter of the time is for what takes longer than it should.
    const auto patience = *plan_.read_again_within / 4 * 3;
    return oldest && powers_.clock.wall() - last_look(survey_, *oldest) >= patience;
}

net::awaitable<void> Rounds::look_in_turn() {
    const auto tests =
        tests_due(plan_, survey_, powers_.backups.components(), powers_.clock.wall());
    for (const BackupComponent* each : powers_.backups.components()) {
        const std::string component = each->name();
        const bool is_test = std::ranges::find(tests, component) != tests.end();
        if (!is_test && !wants_look(component)) {
            need_not(kLook, component);
            continue;
        }
        if (is_patient(kLook, component)) continue;
        const bool leads = co_await lead();
        if (!leads) co_return;
        co_await look(component, is_test ? each->deepest() : VerifyLevel::Checksums);
    }
}

net::awaitable<void> Rounds::look(std::string component, VerifyLevel level) {
    const auto backup = longest_unseen(survey_, component, level);
    if (!backup) co_return;
    TellProgress nobody;
    const auto looked = co_await powers_.backups.verify(*backup, level, std::move(nobody));
    went(kLook, component, looked ? nullptr : &looked.error());
    if (!looked) co_return;
    surveyed_.reset();
    const Verification& found = looked->verification;
    if (has_damaged_films(found)) {
        log::error("backup.film_damaged", {{"backup", backup->text()}, {"what", found.words}});
    }
    if (found.sound) {
        log::info("backup.sound", {{"backup", backup->text()}, {"level", word(level)}});
    } else {
        log::error("backup.damaged",
                   {{"component", component}, {"backup", backup->text()}, {"what", found.words}});
    }
    (void)co_await take_stock();
}

void Rounds::tell_trouble(const Error& trouble) {
    const std::lock_guard lock(mutex_);
    if (status_.trouble.empty()) status_.trouble_since = powers_.clock.wall();
    status_.trouble = trouble.message;
}

std::vector<BackupComponent*> Rounds::all_components() const {
    std::vector<BackupComponent*> all = powers_.backups.components();
    for (BackupComponent* each : powers_.watched) {
        if (!survey_.records_of(each->name()).empty()) all.push_back(each);
    }
    return all;
}

void Rounds::tell_status() {
    const auto components = all_components();
    const auto late = overdue(plan_, survey_, components, powers_.clock.wall());
    const std::lock_guard lock(mutex_);
    status_.trouble.clear();
    status_.trouble_since = {};
    for (const BackupComponent* each : components) {
        auto& told = status_.components[each->name()];
        auto stock = stock_of(survey_, each->name(), each->deepest());
        stock.failures = told.failures;
        stock.troubles = std::move(told.troubles);
        for (const Due& one : late) {
            if (one.component == each->name() && !one.if_changed) stock.overdue = one.since;
        }
        told = std::move(stock);
    }
}

}  // namespace syncwatch::recovery
