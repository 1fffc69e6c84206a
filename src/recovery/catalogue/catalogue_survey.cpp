#include <algorithm>
#include <iterator>

#include "recovery/catalogue/catalogue.h"
#include "recovery/catalogue/copies.h"
#include "recovery/catalogue/record_text.h"

namespace syncwatch::recovery {
namespace {

void append(std::vector<Trouble> from, std::vector<Trouble>& to) {
    std::ranges::move(from, std::back_inserter(to));
}

/// Not of a place that was told of before.
void add_away(std::vector<Trouble> from, std::vector<Trouble>& to) {
    for (Trouble& each : from) {
        const bool is_told = std::ranges::any_of(to, [&](const Trouble& told) {
            return told.place == each.place && told.object == each.object;
        });
        if (!is_told) to.push_back(std::move(each));
    }
}

/// The newest word about each backup counts.
std::set<BackupId> pinned_by(const std::vector<Pin>& words) {
    std::map<BackupId, const Pin*> newest;
    for (const Pin& each : words) {
        const auto [found, is_new] = newest.try_emplace(each.backup, &each);
        if (!is_new && each.at >= found->second->at) found->second = &each;
    }
    std::set<BackupId> pinned;
    for (const auto& [backup, word] : newest) {
        if (word->pinned) pinned.insert(backup);
    }
    return pinned;
}

}  // namespace

Async<Survey> Catalogue::survey(Depth depth) {
    SW_CO_TRY(Survey records, co_await survey_records(depth));
    SW_CO_TRY(Survey words, co_await survey_words(std::move(records), depth));
    SW_CO_TRY(Survey survey, co_await find_unlisted(std::move(words)));
    std::set<BackupId> gone;
    for (const ExpiryNote& note : survey.expired) {
        for (const ChainLink& link : note.gone) gone.insert(link.id);
    }
    for (Catalogued& each : survey.backups) {
        each.is_expired = gone.contains(each.record().id);
    }
    std::erase_if(survey.missing, [&](const Trouble& each) {
        const auto id = backup_of_record(each.object);
        return id && gone.contains(*id);
    });
    co_return survey;
}

Result<StoredRecord> Catalogue::record_named(const std::string& name, std::string_view text) const {
    SW_TRY(StoredRecord stored, read_record(text));
    const BackupRecord& record = stored.record;
    if (is_catalogue_word(record.component) && names_.record(record) == name) return stored;
    return fail(ErrorCode::Corrupt, "it is of another backup");
}

Async<Survey> Catalogue::survey_records(Depth depth) {
    std::string records = names_.records();
    SW_CO_TRY(Shelves::Listing listing, co_await shelves_.list(std::move(records)));
    Survey survey;
    survey.away = std::move(listing.trouble);
    const bool all = depth == Depth::Copies;
    for (Shelves::Listed& listed : listing.all) {
        const std::string name = listed.name;
        const auto id = backup_of_record(name);
        if (!id) continue;
        Catalogued found;
        for (std::size_t place = 0; place < listing.answered.size(); ++place) {
            if (listed.is_at(place)) {
                found.places.push_back(shelves_.places()[place].name);
            } else if (listing.answered[place]) {
                survey.missing.push_back({shelves_.places()[place].name, name, "it is missing"});
            }
        }
        const auto known = known_.find(name);
        if (!all && known != known_.end()) {
            found.stored = known->second;
        } else {
            auto parse = [this, name](std::string_view text) { return record_named(name, text); };
            SW_CO_TRY(auto read, (co_await read_copies<StoredRecord>(shelves_, std::move(listed),
                                                                     all, std::move(parse))));
            const bool is_damaged = !read.damaged.empty();
            append(std::move(read.damaged), survey.damaged);
            add_away(std::move(read.away), survey.away);
            if (!read.value && is_damaged) survey.unreadable.push_back(*id);
            if (!read.value) continue;
            found.stored = *std::move(read.value);
        }
        known_[name] = found.stored;
        survey.backups.push_back(std::move(found));
    }
    co_return survey;
}

Async<Survey> Catalogue::survey_words(Survey survey, Depth depth) {
    const bool all = depth == Depth::Copies;
    const auto tell = [&survey](auto& read) {
        append(std::move(read.damaged), survey.damaged);
        add_away(std::move(read.away), survey.away);
    };
    std::string looks_at = names_.verifications();
    SW_CO_TRY(auto looks,
              co_await read_folder(shelves_, std::move(looks_at), all, &read_verification));
    tell(looks);
    survey.verifications = std::move(looks.values);
    std::string pins_at = names_.pins();
    SW_CO_TRY(auto pins, co_await read_folder(shelves_, std::move(pins_at), all, &read_pin));
    tell(pins);
    survey.pinned = pinned_by(pins.values);
    // Nobody knows what these said: rather one too many.
    for (const std::string& name : pins.unreadable) {
        if (const auto id = backup_of_word(name)) survey.pinned.insert(*id);
    }
    std::string holds_at = names_.holds();
    SW_CO_TRY(survey.holds, co_await holds(std::move(holds_at)));
    std::string notes_at = names_.expiries();
    SW_CO_TRY(auto notes, co_await read_folder(shelves_, std::move(notes_at), all, &read_expiry));
    tell(notes);
    survey.expired = std::move(notes.values);
    co_return survey;
}

}  // namespace syncwatch::recovery
