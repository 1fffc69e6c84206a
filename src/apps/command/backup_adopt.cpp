#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "apps/command/backup_commands.h"
#include "apps/command/backup_desk.h"
#include "apps/command/backup_words.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;
using recovery::BackupRecord;

struct AdoptArguments {
    BackupArguments place;
    bool dry_run = false;
};

Outcome<> adopt_backups(Invocation& invocation, const AdoptArguments& arguments) {
    auto desk = CommandDesk::open(invocation, arguments.place);
    if (!desk) return tl::unexpected<Failure>(desk.error());
    Output& out = invocation.out;
    std::vector<recovery::Trouble> missing;
    json::array list;
    for (const auto* each : (*desk)->backups().components()) {
        const auto adopted =
            (*desk)->run((*desk)->backups().adopt(each->name(), !arguments.dry_run));
        if (!adopted) return tl::unexpected<Failure>(adopted.error());
        for (const BackupRecord& record : adopted->records) {
            out.line(fmt::format("{:9} {} {}: {}, {}, made by {}", record.component,
                                 arguments.dry_run ? "would adopt" : "adopted", record.id.text(),
                                 recovery::word(record.kind), moment_text(record.window.to),
                                 record.engine));
            list.push_back(json::object{{"id", record.id.text()},
                                        {"component", record.component},
                                        {"kind", recovery::word(record.kind)},
                                        {"moment", format_rfc3339(record.window.to)}});
        }
        missing.insert(missing.end(), adopted->missing.begin(), adopted->missing.end());
    }
    if (list.empty()) out.line("everything that is there is in the catalogue");
    out.set("adopted", std::move(list));
    out.set("missing", troubles_json(missing));
    if (missing.empty()) return {};
    for (const recovery::Trouble& each : missing) out.line("missing   " + trouble_line(each));
    return give_up(Exit::Partial, "not_everywhere", "it is not said in both repositories yet",
                   "The next run brings the rest.");
}

}  // namespace

void add_backup_adopt(CLI::App& backup, Command& chosen) {
    const auto arguments = std::make_shared<AdoptArguments>();
    CLI::App* adopt = backup.add_subcommand(
        "adopt",
        "Enter into the catalogue what an engine keeps and it does not know: backups of PostgreSQL "
        "that pgBackRest made without SyncWatch, or whose records were lost. Done again it finds "
        "nothing");
    add_backup_options(*adopt, arguments->place, false);
    adopt->add_flag("--dry-run", arguments->dry_run, "Say what that is, and enter nothing");
    adopt->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return adopt_backups(invocation, *arguments);
        };
    });
}

}  // namespace syncwatch::apps
