#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "recovery/catalogue/catalogue.h"

namespace syncwatch::recovery {
namespace {

bool is_told_of(const std::vector<Trouble>& trouble, const std::string& object) {
    return std::ranges::find(trouble, object, &Trouble::object) != trouble.end();
}

bool is_away(const Survey& survey, const std::string& place) {
    return std::ranges::any_of(survey.away, [&](const Trouble& each) {
        return each.place == place && each.object.empty();
    });
}

}  // namespace

/// Asks each place for it by its name: that decides, whatever was listed.
Async<Survey> Catalogue::ask_for(Survey survey, std::string name) {
    auto found = std::ranges::find_if(survey.backups, [&](const Catalogued& each) {
        return names_.record(each.record()) == name;
    });
    for (std::size_t place = 0; place < shelves_.places().size(); ++place) {
        const std::string& called = shelves_.places()[place].name;
        const bool is_known = found != survey.backups.end() &&
                              std::ranges::find(found->places, called) != found->places.end();
        if (is_known || is_away(survey, called)) continue;
        const auto text = co_await shelves_.read(place, name);
        if (!text && text.error().code == ErrorCode::NotFound) continue;
        if (!text && text.error().code != ErrorCode::Corrupt) {
            survey.away.push_back(shelves_.trouble(place, name, text.error()));
            continue;
        }
        auto stored = text ? record_named(name, *text) : Result<StoredRecord>(fail(text.error()));
        if (!stored) {
            survey.damaged.push_back(shelves_.trouble(place, name, stored.error()));
            continue;
        }
        if (found == survey.backups.end()) {
            known_[name] = *stored;
            survey.backups.push_back({*std::move(stored), {}});
            found = std::prev(survey.backups.end());
        }
        found->places.push_back(called);
        survey.unlisted.push_back({called, name, "it is there, and is not listed"});
        std::erase(survey.missing, Trouble{called, name, "it is missing"});
    }
    co_return survey;
}

Async<Survey> Catalogue::find_unlisted(Survey survey) {
    std::set<BackupId> settled(survey.unreadable.begin(), survey.unreadable.end());
    for (const ExpiryNote& note : survey.expired) {
        for (const ChainLink& link : note.gone) settled.insert(link.id);
    }
    std::set<std::string> asked;
    std::vector<std::string> to_ask;
    const auto want = [&](const std::string& name, BackupId id) {
        if (settled.contains(id) || is_told_of(survey.damaged, name)) return;
        if (is_told_of(survey.away, name) || !asked.insert(name).second) return;
        to_ask.push_back(name);
    };
    // What one place alone seems to have, and what was there the last time. Of a place that was
    // away for months much is missing: that no list can be old enough for.
    constexpr std::size_t kMostAsked = 32;
    for (auto each = survey.missing.rbegin(); each != survey.missing.rend(); ++each) {
        const auto id = backup_of_record(each->object);
        if (id && to_ask.size() < kMostAsked) want(each->object, *id);
    }
    for (const Catalogued& each : survey.backups) settled.insert(each.record().id);
    for (const auto& [name, stored] : known_) want(name, stored.record.id);
    for (std::size_t i = 0; i < survey.backups.size() || !to_ask.empty();) {
        if (!to_ask.empty()) {
            std::string name = std::move(to_ask.back());
            to_ask.pop_back();
            SW_CO_TRY(survey, co_await ask_for(std::move(survey), std::move(name)));
            continue;
        }
        // What the chain knows of.
        const BackupRecord& record = survey.backups[i++].record();
        settled.insert(record.id);
        if (!record.previous) continue;
        BackupRecord before;
        before.id = record.previous->id;
        before.component = record.component;
        want(names_.record(before), before.id);
    }
    forget_absent(survey);
    const auto by_name = [this](const Catalogued& each) { return names_.record(each.record()); };
    std::ranges::sort(survey.backups, {}, by_name);
    co_return survey;
}

void Catalogue::forget_absent(const Survey& survey) {
    std::set<std::string> there;
    for (const Catalogued& each : survey.backups) there.insert(names_.record(each.record()));
    std::erase_if(known_, [&](const auto& each) { return !there.contains(each.first); });
}

}  // namespace syncwatch::recovery
