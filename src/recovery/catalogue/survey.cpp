#include "recovery/catalogue/survey.h"

#include <algorithm>
#include <iterator>

#include "recovery/catalogue/graph.h"

namespace syncwatch::recovery {

const Catalogued* Survey::find(BackupId id) const {
    const auto found =
        std::ranges::find(backups, id, [](const Catalogued& each) { return each.record().id; });
    return found == backups.end() ? nullptr : &*found;
}

std::set<std::string> Survey::components() const {
    std::set<std::string> all;
    for (const Catalogued& each : backups) all.insert(each.record().component);
    return all;
}

std::vector<BackupRecord> Survey::records_of(std::string_view component) const {
    std::vector<BackupRecord> records;
    for (const Catalogued& each : backups) {
        if (each.record().component == component) records.push_back(each.record());
    }
    return records;
}

BackupHistory Survey::history_of(std::string_view component) const {
    BackupHistory history;
    for (const Catalogued& each : backups) {
        if (each.record().component != component || each.is_expired) continue;
        history.records.push_back(each.record());
    }
    history.verifications = verifications;
    history.pinned = pinned;
    return history;
}

std::map<std::string, std::vector<Window>> Survey::windows() const {
    std::map<std::string, std::vector<Window>> windows;
    for (const std::string& component : components()) {
        windows[component] = recoverable(records_of(component));
    }
    return windows;
}

std::vector<ChainFault> Survey::chain_faults() const {
    std::vector<ChainFault> faults;
    for (const std::string& component : components()) {
        std::vector<StoredRecord> records;
        for (const Catalogued& each : backups) {
            if (each.record().component == component) records.push_back(each.stored);
        }
        std::vector<ExpiryNote> notes;
        const auto is_of_it = [&](const ExpiryNote& note) { return note.component == component; };
        std::ranges::copy_if(expired, std::back_inserter(notes), is_of_it);
        std::ranges::move(check_chain(records, notes, unreadable), std::back_inserter(faults));
    }
    return faults;
}

}  // namespace syncwatch::recovery
