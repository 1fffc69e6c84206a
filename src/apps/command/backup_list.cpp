#include "apps/command/backup_list.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "apps/command/backup_desk.h"
#include "apps/command/backup_words.h"
#include "apps/command/table.h"
#include "base/quantity.h"
#include "recovery/postgres/server_clock.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;
using recovery::Catalogued;
using recovery::Survey;

std::string places_of(const Catalogued& backup) {
    std::string all;
    for (const std::string& each : backup.places) all += all.empty() ? each : ", " + each;
    return all;
}

void list_records(Output& out, const Survey& survey) {
    std::vector<std::vector<std::string>> rows;
    json::array records;
    std::map<std::string, std::string> clocks;  // Of the newest of each component.
    for (const Catalogued& each : survey.backups) {
        if (each.is_expired) continue;
        const auto& record = each.record();
        const bool is_pinned = survey.pinned.contains(record.id);
        rows.push_back({record.component, std::string(word(record.kind)), record.id.text(),
                        format_rfc3339(record.window.to), format_size(record.stored_bytes),
                        places_of(each), last_look(survey, record.id), is_pinned ? "pinned" : ""});
        std::string clock = recovery::describe_clock(record.annotations);
        if (clock.empty()) clocks.erase(record.component);
        if (!clock.empty()) clocks[record.component] = std::move(clock);
        json::object one = record_json(record);
        json::array places;
        for (const std::string& place : each.places) places.emplace_back(place);
        one["places"] = std::move(places);
        one["pinned"] = is_pinned;
        records.push_back(std::move(one));
    }
    if (!rows.empty()) {
        out.line(
            table({"COMPONENT", "KIND", "BACKUP", "AS OF", "SIZE", "IN", "LAST LOOK", ""}, rows));
    }
    for (const auto& [component, clock] : clocks) out.line("clock    " + component + ": " + clock);
    out.set("records", std::move(records));
}

}  // namespace

Outcome<std::size_t> list_catalogue(Invocation& invocation, const BackupArguments& arguments) {
    auto desk = CommandDesk::open(invocation, arguments);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    const auto survey = (*desk)->run((*desk)->desk().catalogue().survey());
    if (!survey) return tl::unexpected<Failure>(survey.error());
    list_records(invocation.out, *survey);
    for (const auto& each : survey->away) invocation.out.line("away     " + trouble_line(each));
    for (const auto& each : survey->unlisted) {
        invocation.out.line("stale    " + trouble_line(each));
    }
    invocation.out.set("away", troubles_json(survey->away));
    invocation.out.set("unlisted", troubles_json(survey->unlisted));
    return tell_faults(invocation.out, *survey);
}

}  // namespace syncwatch::apps
