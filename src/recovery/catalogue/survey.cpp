#include "recovery/catalogue/survey.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

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
    for (const Hold& each : holds) {
        if (each.component == component) history.held_by.push_back(describe(each));
    }
    const std::string folder = fmt::format("/catalog/{}/", component);
    for (const Trouble& each : unlisted) {
        if (each.object.find(folder) == std::string::npos) continue;
        history.held_by.push_back(each.place + " does not list all that is there: " + each.object);
    }
    return history;
}

std::map<std::string, std::vector<Window>> Survey::windows() const {
    std::map<std::string, std::vector<Window>> windows;
    for (const std::string& component : components()) {
        windows[component] = recoverable(records_of(component));
    }
    return windows;
}

namespace {

std::vector<ChainFault> chain_faults_of(const Survey& survey, std::string_view component) {
    std::vector<StoredRecord> records;
    for (const Catalogued& each : survey.backups) {
        if (each.record().component == component) records.push_back(each.stored);
    }
    std::vector<ExpiryNote> notes;
    const auto is_of_it = [&](const ExpiryNote& note) { return note.component == component; };
    std::ranges::copy_if(survey.expired, std::back_inserter(notes), is_of_it);
    return check_chain(records, notes, survey.unreadable);
}

}  // namespace

std::vector<ChainFault> Survey::chain_faults() const {
    std::vector<ChainFault> faults;
    for (const std::string& component : components()) {
        std::ranges::move(chain_faults_of(*this, component), std::back_inserter(faults));
    }
    return faults;
}

std::vector<Trouble> Survey::faults(std::string_view component) const {
    const std::string folder = fmt::format("/catalog/{}/", component);
    std::vector<Trouble> all;
    for (const Trouble& each : damaged) {
        if (component.empty() || each.object.find(folder) != std::string::npos) all.push_back(each);
    }
    const auto chain = component.empty() ? chain_faults() : chain_faults_of(*this, component);
    for (const ChainFault& each : chain) all.push_back({"", each.backup.text(), each.what});
    return all;
}

}  // namespace syncwatch::recovery
