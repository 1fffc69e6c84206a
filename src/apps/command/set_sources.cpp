#include "apps/command/set_sources.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "adapters/pgbackrest/pgbackrest_backups.h"
#include "apps/backup/postgres_engine.h"
#include "recovery/catalogue/graph.h"
#include "recovery/embedded/rehearsal.h"
#include "recovery/postgres/reach.h"

namespace syncwatch::apps {
namespace {

using recovery::SetSource;
using recovery::Window;

bool is_in(const recovery::Catalogued& backup, const std::string& place) {
    return place.empty() || std::ranges::find(backup.places, place) != backup.places.end();
}

std::vector<recovery::BackupRecord> records_in(const recovery::Survey& survey,
                                               const std::string& component,
                                               const std::string& place) {
    std::vector<recovery::BackupRecord> records;
    for (const recovery::Catalogued& each : survey.backups) {
        const bool counts = !each.is_expired && is_in(each, place);
        if (counts && each.record().component == component) records.push_back(each.record());
    }
    return records;
}

void append(std::vector<Window>& to, const std::vector<Window>& more) {
    to.insert(to.end(), more.begin(), more.end());
}

void add_embedded(SetSources& found, SetSource& source, CommandDesk& desk,
                  const std::string& place) {
    const auto names = place_names(desk.plan());
    const auto repositories = desk.desk().repositories();
    for (std::size_t i = 0; i < repositories.size() && i < names.size(); ++i) {
        if (!place.empty() && names[i] != place) continue;
        std::string cluster = desk.cluster();
        const auto generations = desk.run(recovery::survey(*repositories[i], std::move(cluster)));
        if (!generations) continue;
        append(source.windows, recovery::windows(*generations));
        if (found.live.copies.empty()) found.live.copies = recovery::copies(*generations);
    }
}

/// The moments that its log may reach. When its last commit was, nobody knows without the data
/// folder; that there is none after its last piece was stored is sure.
std::vector<Window> windows_perhaps(const recovery::PgShelf& shelf, SetSources& found) {
    std::vector<Window> windows;
    for (const auto& timeline : shelf.log) {
        for (const auto& backup : shelf.backups) {
            const auto reach = recovery::reach_of(shelf, backup, timeline.number);
            if (!reach || !reach->is_whole) continue;
            const WallTime until = reach->until.value_or(recovery::whole_from(backup));
            windows.push_back(
                {recovery::whole_from(backup), std::max(until, reach->perhaps.value_or(until))});
            if (reach->perhaps && *reach->perhaps > until) {
                found.trouble =
                    "PostgreSQL's last commit, which may be up to a minute before that moment";
            }
        }
    }
    return windows;
}

void add_postgres(SetSources& found, SetSource& source, const config::Settings& settings,
                  CommandDesk& desk, const recovery::Survey& survey, const std::string& place) {
    auto options = pgbackrest_options(settings, desk.plan());
    if (options) {
        pgbackrest::PgBackRestBackups engine(*std::move(options));
        for (std::size_t i = 0; i < engine.repositories().size(); ++i) {
            if (!place.empty() && engine.repositories()[i] != place) continue;
            const auto shelf = run_to_end(recovery::read_shelf(engine, i, true));
            if (shelf) append(source.windows, windows_perhaps(*shelf, found));
            if (!shelf) found.trouble = shelf.error().message;
        }
    } else {
        found.trouble = options.error().message;
    }
    // The ends of backups are in the catalogue, too: better than nothing.
    if (!source.windows.empty()) return;
    const auto records = records_in(survey, "pg", place);
    append(source.windows, recovery::recoverable(records));
}

}  // namespace

std::vector<std::string> place_names(const recovery::Plan& plan) {
    std::vector<std::string> names;
    for (const char* each : {"near", "far"}) {
        if (plan.repositories.contains(each)) names.emplace_back(each);
    }
    return names;
}

SetSources set_sources(const config::Settings& settings, CommandDesk& desk,
                       const recovery::Survey& survey, const std::string& place) {
    SetSources found;
    found.database = settings.postgres.on() ? "pg" : "sqlite";
    SetSource database;
    database.component = found.database;
    if (settings.postgres.on()) {
        add_postgres(found, database, settings, desk, survey, place);
    } else {
        add_embedded(found, database, desk, place);
    }
    database.windows = recovery::joined_windows(std::move(database.windows));
    found.live.component = found.database;
    if (!database.windows.empty()) found.live.reaches = database.windows.back().to;
    found.sources.push_back(std::move(database));
    for (const char* each : {"config", "secrets", "redis"}) {
        SetSource source;
        source.component = each;
        source.may_be_later = source.component != "redis";
        for (const auto& record : records_in(survey, source.component, place)) {
            source.windows.push_back(record.window);
        }
        if (!source.windows.empty()) found.sources.push_back(std::move(source));
    }
    return found;
}

}  // namespace syncwatch::apps
