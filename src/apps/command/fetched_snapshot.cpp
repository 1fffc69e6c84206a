#include "apps/command/fetched_snapshot.h"

#include <fmt/format.h>

#include "apps/command/backup_desk.h"
#include "apps/command/restore_hold.h"

namespace syncwatch::apps {
namespace {

Outcome<recovery::Catalogued> chosen_snapshot(const recovery::Survey& survey,
                                              const std::string& component,
                                              const std::string& set) {
    if (!set.empty()) {
        auto named = backup_named(survey, set);
        if (!named || named->record().component == component) return named;
        return give_up(Exit::Refused, "another_component",
                       fmt::format("{} is a backup of {}", set, named->record().component),
                       "syncwatch backup list shows which are of " + component + ".");
    }
    const recovery::Catalogued* latest = nullptr;
    for (const recovery::Catalogued& each : survey.backups) {
        if (each.record().component != component) continue;
        if (latest == nullptr || latest->record().window.to < each.record().window.to) {
            latest = &each;
        }
    }
    if (latest != nullptr) return *latest;
    return give_up(Exit::Refused, "no_backups", "there is no backup of " + component,
                   "syncwatch backup list shows what there is; --repository names another place.");
}

}  // namespace

Outcome<FetchedSnapshot> fetch_snapshot(const Invocation& invocation,
                                        const BackupArguments& arguments,
                                        const std::string& component, const std::string& set,
                                        const std::filesystem::path& folder) {
    auto desk = CommandDesk::open(invocation, arguments, CommandDesk::For::Restore);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    const RestoreHold hold(invocation, (*desk)->cluster(), (*desk)->desk().places(), {component});
    const auto survey = (*desk)->run((*desk)->desk().catalogue().survey());
    if (!survey) return tl::unexpected<Failure>(survey.error());
    const auto backup = chosen_snapshot(*survey, component, set);
    if (!backup) return tl::unexpected<Failure>(backup.error());
    const recovery::BackupRecord& record = backup->record();
    FetchedSnapshot out{folder / "snapshot", record.id.text(), record.root, record.window.to};
    const auto fetched = (*desk)->run((*desk)->desk().files().fetch(record, out.file));
    if (!fetched) return tl::unexpected<Failure>(fetched.error());
    return out;
}

}  // namespace syncwatch::apps
