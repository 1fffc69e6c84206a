#include "recovery/backups/backups.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>
#include <variant>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

namespace syncwatch::recovery {
namespace {

BackupKind kind_of(const Backups::Order& order, const BackupComponent& component,
                   const BackupHistory& history) {
    if (order.kind) return *order.kind;
    const auto kinds = component.kinds();
    return history.records.empty() ? kinds.front() : kinds.back();
}

Result<> check_kind(const BackupComponent& component, BackupKind kind) {
    const auto kinds = component.kinds();
    if (std::ranges::find(kinds, kind) != kinds.end()) return {};
    std::string names;
    for (const BackupKind each : kinds) {
        names += names.empty() ? "" : ", ";
        names += word(each);
    }
    return fail(ErrorCode::InvalidInput,
                fmt::format("{} has no {} backups, but {}", component.name(), word(kind), names));
}

/// Of a look that was killed it is forgotten after that.
constexpr std::chrono::minutes kHeldFor{15};

Async<Backups::Looked> while_held(Holder& reader, Clock& clock, Async<Backups::Looked> work) {
    using net::experimental::awaitable_operators::operator||;
    auto first = co_await (std::move(work) || reader.keep(clock, kHeldFor));
    (void)co_await reader.let_go();
    co_return std::get<0>(std::move(first));
}

}  // namespace

Result<BackupComponent*> Backups::find(const std::string& component) const {
    for (BackupComponent* each : powers_.components) {
        if (each->name() == component) return each;
    }
    return fail(ErrorCode::NotFound, component + " is nothing that is backed up here");
}

Async<std::optional<StoredRecord>> Backups::unchanged(BackupComponent* component, Survey survey) {
    SW_CO_TRY(const std::string now, co_await component->fingerprint());
    if (now.empty()) co_return std::nullopt;
    std::optional<StoredRecord> newest;
    for (const Catalogued& each : survey.backups) {
        if (each.record().component == component->name() && !each.is_expired) newest = each.stored;
    }
    if (newest && newest->record.position != now) newest.reset();
    co_return newest;
}

Async<Backups::Made> Backups::run(Order order, TellProgress tell) {
    SW_CO_TRY(BackupComponent* const component, find(order.component));
    SW_CO_TRY(Survey survey, co_await powers_.catalogue.survey());
    if (!order.even_unchanged) {
        SW_CO_TRY(auto last, co_await unchanged(component, survey));
        if (last) co_return Made{*std::move(last), false, {}};
    }
    BackupComponent::Request request;
    request.id = powers_.random.make_id<BackupId>(powers_.clock.wall());
    request.history = survey.history_of(order.component);
    request.kind = kind_of(order, *component, request.history);
    request.tell = std::move(tell);
    SW_CO_CHECK(check_kind(*component, request.kind));
    SW_CO_TRY(BackupRecord record, co_await component->run(std::move(request)));
    record.node = powers_.node;
    record.app_version = powers_.app_version;
    SW_CO_TRY(auto added, co_await powers_.catalogue.add(std::move(record)));
    co_return Made{std::move(added.stored), true, std::move(added.missing)};
}

Async<Backups::Adopted> Backups::adopt(std::string component, bool for_real) {
    SW_CO_TRY(BackupComponent* const engine, find(component));
    SW_CO_TRY(const Survey survey, co_await powers_.catalogue.survey());
    BackupHistory known;
    for (const Catalogued& each : survey.backups) {
        if (each.record().component == component) known.records.push_back(each.record());
    }
    BackupComponent::MakeId make_id = [this](WallTime when) {
        return powers_.random.make_id<BackupId>(when);
    };
    Adopted adopted;
    SW_CO_TRY(adopted.records, co_await engine->unrecorded(std::move(known), std::move(make_id)));
    for (BackupRecord& each : adopted.records) {
        each.node = powers_.node;
        each.app_version = powers_.app_version;
        if (!for_real) continue;
        BackupRecord record = each;
        SW_CO_TRY(auto added, co_await powers_.catalogue.add(std::move(record)));
        std::ranges::move(added.missing, std::back_inserter(adopted.missing));
    }
    co_return adopted;
}

Async<StoredRecord> Backups::record_of(BackupId backup) {
    SW_CO_TRY(const Survey survey, co_await powers_.catalogue.survey());
    const Catalogued* const found = survey.find(backup);
    if (found == nullptr)
        co_return fail(ErrorCode::NotFound, "no backup is called " + backup.text());
    // Some of its bytes may be gone: that is no damage.
    if (found->is_expired) co_return fail(ErrorCode::NotFound, backup.text() + " has expired");
    co_return found->stored;
}

Async<Backups::Looked> Backups::look(BackupId backup, VerifyLevel level, TellProgress tell) {
    // What only one place has is brought to the other first: it was away, and that is no damage.
    SW_CO_CHECK(co_await powers_.catalogue.sync());
    Looked looked;
    SW_CO_TRY(looked.stored, co_await record_of(backup));
    BackupRecord record = looked.stored.record;
    SW_CO_TRY(BackupComponent* const component, find(record.component));
    SW_CO_TRY(looked.verification,
              co_await component->verify(std::move(record), level, std::move(tell)));
    SW_CO_TRY(looked.missing, co_await powers_.catalogue.add_verification(looked.verification));
    co_return looked;
}

Async<Backups::Looked> Backups::verify(BackupId backup, VerifyLevel level, TellProgress tell) {
    SW_CO_TRY(StoredRecord stored, co_await record_of(backup));
    const WallTime now = powers_.clock.wall();
    Holder reader = powers_.catalogue.reader_of(std::move(stored.record.component),
                                                powers_.random.make_id<ReaderId>(now),
                                                "a look on " + powers_.node);
    SW_CO_TRY(auto unheld, co_await reader.hold_until(now + kHeldFor));
    // It is asked for again behind the hold: it may have expired between the two.
    auto looked = co_await while_held(reader, powers_.clock, look(backup, level, std::move(tell)));
    if (looked) looked->unheld = std::move(unheld);
    co_return looked;
}

net::awaitable<void> Backups::remove_left(BackupComponent* engine, Survey survey) {
    (void)co_await powers_.catalogue.forget_old_holds();
    std::vector<BackupRecord> left;
    std::vector<BackupId> ids;
    for (const Catalogued& each : survey.backups) {
        if (each.record().component != engine->name() || !each.is_expired) continue;
        left.push_back(each.record());
        ids.push_back(each.record().id);
    }
    if (left.empty()) co_return;
    // Where keys cannot delete they stay, and everybody knows.
    const auto removed = co_await powers_.catalogue.remove(engine->name(), std::move(ids));
    if (removed && removed->empty()) (void)co_await engine->forget(std::move(left));
}

Async<Backups::Expired> Backups::expire(std::string component, Retention retention, bool for_real) {
    SW_CO_TRY(BackupComponent* const engine, find(component));
    SW_CO_TRY(const Survey survey, co_await powers_.catalogue.survey());
    Expired expired;
    const BackupHistory history = survey.history_of(component);
    expired.expiry = recovery::expire(history, retention, powers_.clock.wall());
    if (!for_real) co_return expired;
    if (history.held_by.empty()) co_await remove_left(engine, survey);
    if (expired.expiry.goes.empty()) co_return expired;
    std::vector<BackupRecord> gone;
    for (const BackupId each : expired.expiry.goes) gone.push_back(survey.find(each)->record());
    std::vector<BackupId> goes = expired.expiry.goes;
    SW_CO_TRY(expired.left, co_await powers_.catalogue.remove(component, std::move(goes)));
    // Its record is gone first: a backup without its bytes must never look like one.
    SW_CO_CHECK(co_await engine->forget(std::move(gone)));
    co_return expired;
}

std::optional<BackupId> longest_unseen(const Survey& survey, const std::string& component,
                                       VerifyLevel level) {
    std::map<BackupId, WallTime> looks;
    for (const Verification& each : survey.verifications) {
        if (each.level < level) continue;
        WallTime& last = looks[each.backup];
        last = std::max(last, each.at);
    }
    std::optional<BackupId> unseen;
    WallTime since = WallTime::max();
    for (const Catalogued& each : survey.backups) {
        if (each.record().component != component || each.is_expired) continue;
        const auto look = looks.find(each.record().id);
        const WallTime at = look == looks.end() ? WallTime{} : look->second;
        // Of those that nobody ever looked at, the newest: it is what would be needed.
        if (at > since || (at == since && at != WallTime{})) continue;
        since = at;
        unseen = each.record().id;
    }
    return unseen;
}

}  // namespace syncwatch::recovery
