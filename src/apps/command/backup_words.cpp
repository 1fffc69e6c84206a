#include "apps/command/backup_words.h"

#include <fmt/format.h>

namespace syncwatch::apps {

namespace json = boost::json;
using recovery::BackupRecord;
using recovery::Trouble;
using recovery::Verification;

namespace {

json::object counts_json(const std::map<std::string, std::uint64_t>& counts) {
    json::object all;
    for (const auto& [name, count] : counts) all[name] = count;
    return all;
}

}  // namespace

json::object record_json(const BackupRecord& record) {
    json::array parents;
    for (const auto& each : record.parents) parents.emplace_back(each.text());
    json::object annotations;
    for (const auto& [name, text] : record.annotations) annotations[name] = text;
    return {{"id", record.id.text()},
            {"component", record.component},
            {"kind", std::string(word(record.kind))},
            {"parents", std::move(parents)},
            {"started", format_rfc3339(record.started)},
            {"finished", format_rfc3339(record.finished)},
            {"node", record.node},
            {"system_id", record.system_id},
            {"engine", record.engine},
            {"engine_version", record.engine_version},
            {"position", record.position},
            {"raw_bytes", record.raw_bytes},
            {"stored_bytes", record.stored_bytes},
            {"root_sha256", record.root},
            {"schema_version", record.schema_version},
            {"app_version", record.app_version},
            {"counts", counts_json(record.counts)},
            {"recoverable_from", format_rfc3339(record.window.from)},
            {"recoverable_to", format_rfc3339(record.window.to)},
            {"annotations", std::move(annotations)}};
}

json::object verification_json(const Verification& look) {
    return {{"backup", look.backup.text()},
            {"at", format_rfc3339(look.at)},
            {"level", std::string(word(look.level))},
            {"sound", look.sound},
            {"words", look.words},
            {"seconds", std::chrono::duration<double>(look.took).count()},
            {"bytes", look.bytes},
            {"counts", counts_json(look.counts)}};
}

tl::unexpected<Failure> films_are_damaged(const std::string& words) {
    return give_up(Exit::VerificationFailed, "film_damaged",
                   "the database that came back is sound, and a film of it is not: " + words,
                   "syncwatch replicate lost and replicate audit tell what else is damaged; a "
                   "running server mends what can be mended.");
}

json::array troubles_json(const std::vector<Trouble>& troubles) {
    json::array all;
    for (const Trouble& each : troubles) {
        all.push_back(
            json::object{{"place", each.place}, {"object", each.object}, {"what", each.what}});
    }
    return all;
}

std::string trouble_line(const Trouble& trouble) {
    std::string text = trouble.place.empty() ? "" : "in " + trouble.place + ": ";
    if (!trouble.object.empty()) text += trouble.object + ": ";
    return text + trouble.what;
}

std::size_t tell_faults(Output& out, const recovery::Survey& survey, const std::string& component) {
    const auto faults = survey.faults(component);
    json::array told;
    for (const Trouble& each : faults) {
        told.emplace_back(trouble_line(each));
        out.line("damaged  " + trouble_line(each));
    }
    out.set("faults", std::move(told));
    return faults.size();
}

std::string last_look(const recovery::Survey& survey, recovery::BackupId backup) {
    const Verification* last = nullptr;
    for (const Verification& each : survey.verifications) {
        if (each.backup == backup && (last == nullptr || each.at > last->at)) last = &each;
    }
    if (last == nullptr) return "–";
    if (!last->sound) return "DAMAGED: " + last->words;
    return fmt::format("{}, {}", word(last->level), format_rfc3339(last->at));
}

}  // namespace syncwatch::apps
