#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>

#include "recovery/catalogue/catalogue.h"
#include "recovery/catalogue/record_text.h"

namespace syncwatch::recovery {
namespace {

std::map<BackupId, ChainLink> links_of(const Survey& survey) {
    std::map<BackupId, ChainLink> links;
    for (const ExpiryNote& note : survey.expired) {
        for (const ChainLink& link : note.gone) links[link.id] = link;
    }
    for (const Catalogued& each : survey.backups) {
        links[each.record().id] = {each.record().id, each.stored.hash};
    }
    return links;
}

bool is_noted(const Survey& survey, BackupId id) {
    return std::ranges::any_of(survey.expired, [&](const ExpiryNote& note) {
        return std::ranges::find(note.gone, id, &ChainLink::id) != note.gone.end();
    });
}

}  // namespace

Async<std::vector<Trouble>> Catalogue::note_expiry(std::string component,
                                                   std::vector<ChainLink> gone) {
    if (gone.empty()) co_return std::vector<Trouble>();
    std::function<Sentence(WallTime)> sentence = [this, component, gone](WallTime at) {
        return Sentence{names_.expiry(component, at), write_expiry({at, component, gone})};
    };
    co_return co_await say(std::move(sentence));
}

/// The record first: what is there without one is no backup.
Async<> Catalogue::remove_at(std::size_t place, std::string component, BackupId backup) {
    BackupRecord record;
    record.id = backup;
    record.component = std::move(component);
    const std::string name = names_.record(record);
    SW_CO_CHECK(co_await shelves_.remove(place, name));
    known_.erase(name);
    const std::string words = "/" + backup.text();
    const std::array folders{names_.data(record), names_.verifications() + words,
                             names_.pins() + words};
    for (const std::string& folder : folders) {
        SW_CO_TRY(const auto entries, co_await shelves_.places()[place].repository->list(folder));
        for (const BackupRepository::Entry& each : entries) {
            SW_CO_CHECK(co_await shelves_.remove(place, each.name));
        }
    }
    co_return Result<>();
}

Async<std::vector<Hold>> Catalogue::holds(std::string folder) {
    std::vector<Hold> all;
    Error last;
    std::size_t answered = 0;
    for (const Place& each : shelves_.places()) {
        auto found = co_await holds_in(*each.repository, folder, clock_.wall());
        if (!found) {
            last = found.error();
            continue;
        }
        ++answered;
        for (Hold& hold : *found) {
            if (std::ranges::find(all, hold.reader, &Hold::reader) == all.end()) {
                all.push_back(std::move(hold));
            }
        }
    }
    if (answered == 0) co_return fail(std::move(last));
    co_return all;
}

Holder Catalogue::reader_of(std::string component, ReaderId reader, std::string by) const {
    Hold hold;
    hold.component = std::move(component);
    hold.reader = reader;
    hold.by = std::move(by);
    return {names_, shelves_.places(), std::move(hold)};
}

Async<> Catalogue::expect_unheld(std::string component) {
    std::string folder = names_.holds(component);
    SW_CO_TRY(const std::vector<Hold> held, co_await holds(std::move(folder)));
    if (held.empty()) co_return Result<>();
    co_return fail(ErrorCode::Conflict, component + ": " + describe(held.front()), "held");
}

Async<> Catalogue::forget_old_holds() {
    for (const Place& each : shelves_.places()) {
        std::string folder = names_.holds();
        SW_CO_CHECK(co_await recovery::forget_old_holds(*each.repository, std::move(folder),
                                                        clock_.wall()));
    }
    co_return Result<>();
}

Async<std::vector<Trouble>> Catalogue::remove(std::string component,
                                              std::vector<BackupId> backups) {
    SW_CO_CHECK(co_await expect_unheld(component));
    SW_CO_TRY(const Survey survey, co_await this->survey(Depth::Each));
    for (const Trouble& each : survey.unlisted) {
        if (each.object.find("/catalog/" + component + "/") == std::string::npos) continue;
        co_return fail_unavailable("backup", each.place + " does not list " + each.object,
                                   std::chrono::seconds(30));
    }
    const std::map<BackupId, ChainLink> links = links_of(survey);
    std::vector<ChainLink> to_note;
    for (const BackupId& id : backups) {
        if (survey.pinned.contains(id)) {
            co_return fail(ErrorCode::Conflict, id.text() + " is pinned", "pinned");
        }
        const auto link = links.find(id);
        if (link == links.end()) {
            co_return fail(ErrorCode::NotFound, "there is no backup " + id.text());
        }
        if (!is_noted(survey, id)) to_note.push_back(link->second);
    }
    SW_CO_TRY(std::vector<Trouble> trouble, co_await note_expiry(component, std::move(to_note)));
    // Places that were away at an earlier attempt have no note of that yet.
    std::string notes = names_.expiries();
    std::set<BackupId> none;
    SW_CO_TRY(std::vector<Trouble> more, co_await bring_words(std::move(notes), std::move(none)));
    std::ranges::move(more, std::back_inserter(trouble));
    // Whoever began to read before the note was there does not know of it, but said so: what is
    // noted is removed with the next call. Whoever comes now sees the note.
    SW_CO_CHECK(co_await expect_unheld(component));
    for (std::size_t place = 0; place < shelves_.places().size(); ++place) {
        // Where there is no note of it, it would be lost.
        const auto is_here = [&](const Trouble& each) {
            return each.place == shelves_.places()[place].name;
        };
        if (std::ranges::any_of(trouble, is_here)) continue;
        for (const BackupId& id : backups) {
            const auto removed = co_await remove_at(place, component, id);
            if (removed) continue;
            trouble.push_back(shelves_.trouble(place, id.text(), removed.error()));
            break;
        }
    }
    co_return trouble;
}

}  // namespace syncwatch::recovery
