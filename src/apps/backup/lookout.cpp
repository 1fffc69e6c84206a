#include "apps/backup/lookout.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "apps/backup/followed_log.h"
#include "recovery/backups/rounds.h"
#include "recovery/catalogue/graph.h"
#include "recovery/catalogue/retention.h"
#include "recovery/embedded/rehearsal.h"

namespace syncwatch::apps {
namespace {

using recovery::BackupKind;
using recovery::Generation;
using recovery::Reason;
using recovery::Standing;
using recovery::Survey;

constexpr const char* kEmbedded = "sqlite";
constexpr const char* kObjects = "objects";

bool is_cancelled(const Error& error) {
    return error.code == ErrorCode::Cancelled;
}

/// Whatever somebody wrote before the host is nobody's business.
std::string without_user(const std::string& url) {
    const std::size_t host = url.find("//");
    const std::size_t end = host == std::string::npos ? host : url.find('@', host);
    if (end == std::string::npos || url.find('/', host + 2) < end) return url;
    return url.substr(0, host + 2) + url.substr(end + 1);
}

/// What an operator types next.
std::string command_for(const std::string& component, Reason reason) {
    if (reason == Reason::None) return {};
    if (reason == Reason::Away) return "syncwatch health";
    if (component == kObjects) {
        if (reason == Reason::Damaged) return "syncwatch replicate repair";
        return reason == Reason::LosesTooMuch ? "syncwatch replicate status" : "";
    }
    if (reason == Reason::NotPlanned) return "syncwatch plan lint";
    const bool is_late =
        reason == Reason::NoBackup || reason == Reason::LosesTooMuch || reason == Reason::Overdue;
    if (component == kEmbedded) {
        return is_late ? "syncwatch health" : "syncwatch backup restore-test";
    }
    if (reason == Reason::NotFollowed) return "syncwatch doctor";
    const char* const what =
        is_late || reason == Reason::Damaged ? "run" : "verify --level restore";
    return fmt::format("syncwatch backup {} --component {}", what, component);
}

std::vector<BackupKind> kinds_in(const std::vector<recovery::BackupRecord>& records) {
    std::vector<BackupKind> kinds;
    for (const auto& each : records) {
        if (std::ranges::find(kinds, each.kind) == kinds.end()) kinds.push_back(each.kind);
    }
    return kinds;
}

std::uint64_t bytes_of(const std::vector<Generation>& generations) {
    std::uint64_t bytes = 0;
    for (const Generation& generation : generations) {
        for (const auto& piece : generation.pieces) bytes += piece.bytes;
        for (const auto& base : generation.bases) bytes += base.bytes;
    }
    return bytes;
}

/// What is wrong with the stream of a log, in what is told of its component.
void tell_stream(recovery::FollowedLog stream, ComponentOutlook& outlook) {
    for (const auto& fault : {falls_behind(stream), piles_up(stream)}) {
        if (fault && outlook.detail.empty()) outlook.detail = fault->what + ". " + fault->next;
    }
    outlook.stream = std::move(stream);
}

WallTime newest_copy(const std::vector<Generation>& generations) {
    WallTime newest{};
    for (const Generation& generation : generations) {
        for (const auto& base : generation.bases) newest = std::max(newest, base.whole_from);
    }
    return newest;
}

}  // namespace

void Lookout::look_at_places(Outlook& outlook) const {
    for (const char* name : {"near", "far"}) {
        const auto planned = powers_.plan.repositories.find(name);
        if (planned == powers_.plan.repositories.end()) continue;
        RepositoryOutlook place{
            name, without_user(planned->second.url), planned->second.may_delete, 0, {}};
        if (powers_.desk == nullptr) {
            const auto opened = OpenRepository::open(planned->second,
                                                     {powers_.clock, powers_.random, powers_.pool});
            place.trouble = opened ? "it is not asked, because another cannot be opened"
                                   : opened.error().message;
        }
        outlook.repositories.push_back(std::move(place));
    }
}

Lookout::Found Lookout::found_of(const std::string& component,
                                 const std::vector<BackupKind>& kinds) const {
    Found found;
    found.live.component = component;
    found.windows = recovery::recoverable(survey_.history_of(component).records);
    found.wanted = recovery::wanted(powers_.plan, survey_, component, kinds, now_);
    found.live.overdue = found.wanted.overdue;
    return found;
}

Async<Lookout::Found> Lookout::look_at(recovery::BackupComponent* component) {
    Found found = found_of(component->name(), component->kinds());
    found.live.can_be_tested = component->deepest() == recovery::VerifyLevel::Restore;
    auto history = survey_.history_of(component->name());
    auto windows = co_await component->windows(std::move(history));
    if (!windows && is_cancelled(windows.error())) co_return fail(std::move(windows).error());
    // Whoever does not answer reaches as far as its newest backup.
    if (windows && !windows->empty()) {
        found.windows = *std::move(windows);
        found.live.reaches = found.windows.back().to;
    }
    const bool is_streamed = powers_.desk->stream() != nullptr && component->name() == "pg";
    if (is_streamed) SW_CO_CHECK(co_await look_at_log(found));
    co_return found;
}

Async<> Lookout::look_at_log(Found& found) {
    recovery::LogLag no_memory;
    SW_CO_TRY(found.stream,
              co_await look_at_stream(*powers_.desk->stream(), no_memory, powers_.clock));
    // Where the server itself is away, that is what is wrong.
    found.live.is_cut_off = found.stream->trouble.empty() && falls_behind(*found.stream);
    co_return Result<>();
}

Async<Lookout::Found> Lookout::look_at_embedded() {
    Found found;
    found.live.component = kEmbedded;
    bool has_answered = false;
    for (const recovery::Place& place : powers_.desk->places()) {
        std::string cluster = cluster_;
        const auto generations = co_await recovery::survey(*place.repository, std::move(cluster));
        if (!generations && is_cancelled(generations.error())) {
            co_return fail(generations.error());
        }
        if (!generations) continue;
        has_answered = true;
        bytes_[place.name] = bytes_of(*generations);
        if (found.live.reaches) continue;
        found.windows = recovery::windows(*generations);
        found.live.copies = recovery::copies(*generations);
        found.live.copied = newest_copy(*generations);
        if (!found.windows.empty()) found.live.reaches = found.windows.back().to;
    }
    found.live.is_away = !has_answered;
    co_return found;
}

void Lookout::add_unmade(std::map<std::string, Found>& all) const {
    for (const std::string& each : survey_.components()) {
        const auto kinds = kinds_in(survey_.records_of(each));
        if (!all.contains(each)) all[each] = found_of(each, kinds);
    }
    const auto add = [&](const char* component) {
        const auto [found, is_new] = all.try_emplace(component);
        found->second.live.component = component;
        if (is_new) found->second.live.is_backed_up = powers_.desk == nullptr;
    };
    add("config");
    add("secrets");
    // Nobody could open them.
    if (powers_.plan.escrow_recipients.empty()) all["secrets"].live.is_backed_up = false;
    add(powers_.settings.postgres.on() ? "pg" : kEmbedded);
    if (!powers_.settings.recovery.redis_url.empty()) add("redis");
}

Async<std::map<std::string, Lookout::Found>> Lookout::look_at_components() {
    std::map<std::string, Found> all;
    if (powers_.desk != nullptr) {
        for (recovery::BackupComponent* each : powers_.desk->backups().components()) {
            SW_CO_TRY(all[each->name()], co_await look_at(each));
        }
        if (!powers_.settings.postgres.on()) {
            SW_CO_TRY(all[kEmbedded], co_await look_at_embedded());
        }
    }
    add_unmade(all);
    for (auto& [name, found] : all) {
        if (error_ && found.live.is_backed_up) found.live.is_away = true;
    }
    co_return all;
}

std::string Lookout::schedule_of(const std::string& component) const {
    const auto rule = powers_.plan.backups.find(recovery::planned_name(component));
    // The embedded database has no runs: it is followed.
    if (rule == powers_.plan.backups.end() || component == kEmbedded) return {};
    std::string text;
    for (const auto& [run, schedule] : rule->second.runs) {
        text += (text.empty() ? "" : ", ") + run + " " + schedule.text();
    }
    return text;
}

ComponentOutlook Lookout::outlook_of(Standing standing, Found found) const {
    ComponentOutlook outlook;
    const std::string& component = standing.component;
    outlook.judgement = judge(standing);
    outlook.command = command_for(component, outlook.judgement.reason);
    const auto rule = powers_.plan.backups.find(recovery::planned_name(component));
    const bool has_log = rule != powers_.plan.backups.end() && rule->second.runs.contains("log") &&
                         component == "pg";
    outlook.is_followed = standing.loss && (component == kEmbedded || has_log);
    outlook.schedule = schedule_of(component);
    outlook.next_run = found.wanted.next;
    outlook.detail = standing.damaged             ? standing.damage
                     : standing.is_away && error_ ? error_->message
                                                  : standing.films;
    if (found.stream) tell_stream(*std::move(found.stream), outlook);
    outlook.windows = std::move(found.windows);
    outlook.standing = std::move(standing);
    return outlook;
}

/// Objects are copied, not backed up: what is not in the second store yet would be gone.
Async<ComponentOutlook> Lookout::look_at_objects() {
    ComponentOutlook outlook;
    Standing& objects = outlook.standing;
    objects.component = objects.part = kObjects;
    objects.is_testable = false;  // The other store is read at once.
    objects.is_planned = powers_.settings.second.on();
    const auto promised = powers_.plan.objectives.find(kObjects);
    if (promised != powers_.plan.objectives.end()) {
        objects.promised_loss = promised->second.rpo;
        objects.promised_time = promised->second.rto;
    }
    outlook.schedule = schedule_of(kObjects);
    objects.is_away = objects.is_planned && powers_.replicas == nullptr;
    if (objects.is_planned && powers_.replicas != nullptr) {
        const auto backlog = co_await powers_.replicas->backlog();
        const auto covered =
            co_await powers_.replicas->coverage(now_ - powers_.settings.second.audit_every);
        objects.is_away = !backlog || !covered;
        if (!backlog) outlook.detail = backlog.error().message;
        if (backlog && covered) {
            const auto waits = backlog->oldest ? now_ - *backlog->oldest : WallTime::duration(0);
            objects.loss =
                std::chrono::floor<std::chrono::seconds>(std::max(waits, WallTime::duration(0)));
            objects.reaches = now_ - *objects.loss;
            objects.damaged = covered->damaged > 0 || covered->lost > 0;
            if (covered->oldest) objects.verified = *covered->oldest;
            outlook.is_followed = true;
        }
    }
    outlook.judgement = judge(objects);
    outlook.command = command_for(kObjects, outlook.judgement.reason);
    co_return outlook;
}

Async<> Lookout::read_catalogue() {
    if (powers_.desk == nullptr) {
        error_ = Error{ErrorCode::Unavailable, "a place that the plan names cannot be opened"};
        co_return Result<>();
    }
    auto found = co_await powers_.desk->catalogue().survey();
    if (!found && is_cancelled(found.error())) co_return fail(std::move(found).error());
    if (found) {
        survey_ = *std::move(found);
    } else {
        error_ = std::move(found).error();
    }
    co_return Result<>();
}

/// What lies in a place, and whether it answers.
void Lookout::weigh(RepositoryOutlook& place) {
    place.bytes = bytes_[place.name];
    for (const recovery::Catalogued& each : survey_.backups) {
        const bool is_there = std::ranges::find(each.places, place.name) != each.places.end();
        if (is_there) place.bytes += each.record().stored_bytes;
    }
    if (error_ && place.trouble.empty()) place.trouble = error_->message;
    for (const recovery::Trouble& each : survey_.away) {
        if (each.place == place.name) place.trouble = each.what;
    }
}

Async<Outlook> Lookout::look() {
    Outlook outlook;
    outlook.at = now_ = powers_.clock.wall();
    look_at_places(outlook);
    SW_CO_CHECK(co_await read_catalogue());
    SW_CO_TRY(auto components, co_await look_at_components());
    std::vector<recovery::LiveFacts> live;
    for (const auto& [name, found] : components) live.push_back(found.live);
    for (Standing& each : recovery::standings(powers_.plan, survey_, live, now_)) {
        Found found = std::move(components[each.component]);
        outlook.components.push_back(outlook_of(std::move(each), std::move(found)));
    }
    SW_CO_TRY(auto objects, co_await look_at_objects());
    outlook.components.push_back(std::move(objects));
    if (powers_.leases != nullptr) {
        std::string lease = recovery::Rounds::kLease;
        const auto holder = co_await powers_.leases->holder(std::move(lease), now_);
        if (holder && *holder) outlook.leader = node_of_holder(**holder);
    }
    for (RepositoryOutlook& place : outlook.repositories) weigh(place);
    outlook.away = survey_.away;
    outlook.trouble = error_;
    co_return outlook;
}

}  // namespace syncwatch::apps
