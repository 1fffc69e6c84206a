#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite_log/rebuild.h"
#include "adapters/system/system_random.h"
#include "apps/canary/canary.h"
#include "apps/command/backup_commands.h"
#include "apps/command/backup_desk.h"
#include "apps/command/backup_list.h"
#include "apps/command/backup_place.h"
#include "apps/command/backup_words.h"
#include "apps/command/restore_hold.h"
#include "apps/command/table.h"
#include "base/quantity.h"
#include "recovery/backups/held_folder.h"
#include "recovery/embedded/rehearsal.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using recovery::BaseManifest;
using recovery::Generation;
using recovery::Window;

std::uint64_t log_bytes(const Generation& generation, std::uint64_t from_piece) {
    std::uint64_t bytes = 0;
    for (const auto& each : generation.pieces) {
        if (each.name.number >= from_piece) bytes += each.bytes;
    }
    return bytes;
}

json::array windows_json(const std::vector<Window>& windows) {
    json::array list;
    for (const Window& each : windows) {
        list.push_back(
            json::object{{"from", format_rfc3339(each.from)}, {"to", format_rfc3339(each.to)}});
    }
    return list;
}

Outcome<> list_backups(Invocation& invocation, const BackupArguments& arguments) {
    auto place = BackupPlace::open(invocation, arguments);
    if (!place) return tl::unexpected<Failure>(place.error());
    std::string cluster = (*place)->cluster();
    const auto generations =
        (*place)->run(recovery::survey((*place)->repository(), std::move(cluster)));
    if (!generations) return tl::unexpected<Failure>(generations.error());
    const auto reachable = recovery::windows(*generations);

    const Output& out = invocation.out;
    out.line(
        fmt::format("{}, installation {}\n", (*place)->repository().place(), (*place)->cluster()));
    std::vector<std::vector<std::string>> rows;
    json::array copies;
    for (const Generation& generation : *generations) {
        for (const BaseManifest& base : generation.bases) {
            const std::uint64_t log = log_bytes(generation, base.from_piece);
            rows.push_back({base.base, moment_text(base.whole_from), format_size(base.bytes),
                            format_size(log)});
            copies.push_back(json::object{{"component", "database"},
                                          {"id", base.base},
                                          {"generation", generation.id},
                                          {"whole_from", moment_text(base.whole_from)},
                                          {"bytes", base.bytes},
                                          {"log_bytes", log},
                                          {"schema_version", base.schema_version}});
        }
    }
    const auto found = recovery::faults(*generations);
    for (const std::string& each : found) out.line("damaged  " + each);
    if (!rows.empty()) {
        out.line(table({"COPY OF THE DATABASE", "WHOLE FROM", "SIZE", "CHANGES SINCE"}, rows) +
                 "\n");
        out.line("any moment can be brought back of: " + recovery::describe(reachable) + "\n");
    }
    invocation.out.set("place", json::string((*place)->repository().place()));
    invocation.out.set("cluster", json::string((*place)->cluster()));
    invocation.out.set("copies", std::move(copies));
    invocation.out.set("windows", windows_json(reachable));
    BackupArguments same = arguments;
    same.cluster = (*place)->cluster();
    const auto faults = list_catalogue(invocation, same);
    if (!faults) return tl::unexpected<Failure>(faults.error());
    const std::size_t damaged = found.size() + *faults;
    if (damaged == 0) return {};
    return give_up(Exit::VerificationFailed, "backup_damaged",
                   fmt::format("{} things are damaged", damaged),
                   "Nothing is lost that other copies reach; keep the damaged ones for now. "
                   "docs/recovery/catalogue.md says what each of these means.");
}

Outcome<json::object> count_rows(const fs::path& file) {
    auto opened = sqlite::Connection::open(file, sqlite::Connection::Mode::ReadOnly);
    if (!opened) return tl::unexpected<Failure>(failure_of(opened.error()));
    json::object counts;
    for (const char* each : {"users", "rooms", "room_messages", "videos", "segments", "objects"}) {
        const auto rows = opened->query_one(fmt::format("SELECT count(*) FROM {}", each),
                                            [](const sql::Row& row) { return row.integer(0); });
        if (!rows) return tl::unexpected<Failure>(failure_of(rows.error()));
        counts[each] = rows->value_or(0);
    }
    return counts;
}

/// Status and alerts go by it; a place that takes no more is no reason to keep the result back.
void remember(Invocation& invocation, const BackupArguments& arguments, std::string cluster,
              const recovery::Verification& look) {
    BackupArguments same = arguments;
    same.cluster = std::move(cluster);
    auto desk = CommandDesk::open(invocation, same);
    bool is_kept = desk.has_value();
    if (desk)
        is_kept = (*desk)->run((*desk)->desk().catalogue().add_verification(look)).has_value();
    if (!is_kept) invocation.out.line("not kept       nothing can be written to that place");
    invocation.out.set("remembered", is_kept);
}

/// Lets somebody use what was brought back, and adds what they saw to the look.
Outcome<> let_use(const Invocation& invocation, BackupPlace& place, RestoredDatabase database,
                  recovery::Verification& look) {
    SystemRandom random;
    Canary canary(invocation.settings, {place.clock(), random});
    const auto visit = place.run(canary.visit(std::move(database)));
    if (!visit) return tl::unexpected<Failure>(visit.error());
    std::vector<std::string> words = visit->faults;
    for (const auto* each : {&visit->films, &visit->seen}) {
        words.insert(words.end(), each->begin(), each->end());
    }
    look.words = fmt::format("{}", fmt::join(words, "; "));
    look.sound = visit->faults.empty();
    if (!visit->films.empty()) look.counts[recovery::kDamagedFilms] = visit->films.size();
    return {};
}

/// What was brought back, for people and programs.
void tell_restored(Invocation& invocation, const recovery::Restored& restored) {
    const Output& out = invocation.out;
    out.line(fmt::format("brought back   as of {}, the last change in it of {}",
                         moment_text(restored.moment), moment_text(restored.reached)));
    out.line(fmt::format("from           copy {}, {}, and {} of changes since", restored.base,
                         format_size(restored.base_bytes), format_size(restored.log_bytes)));
    out.line("looked at      every page, every index, every reference between tables");
}

Outcome<> restore_test(Invocation& invocation, const BackupArguments& arguments) {
    const auto moment = moment_of(arguments);
    if (!moment) return tl::unexpected<Failure>(moment.error());
    auto place = BackupPlace::open(invocation, arguments);
    if (!place) return tl::unexpected<Failure>(place.error());
    const auto scratch =
        recovery::HeldFolder::make(fs::temp_directory_path(), "syncwatch-restore-test-");
    if (!scratch) return tl::unexpected<Failure>(failure_of(scratch.error()));
    const RestoreHold hold(invocation, (*place)->cluster(),
                           {{(*place)->repository().place(), &(*place)->repository()}},
                           {std::string(recovery::kEmbeddedComponent)});
    const fs::path file = (*scratch)->path() / "syncwatch.db";
    sqlite::Rebuilder rebuilder;
    recovery::RestoreRequest request{(*place)->cluster(), *moment, file};
    const Instant begun = (*place)->clock().now();
    auto rehearsed = (*place)->run(recovery::rehearse((*place)->repository(), rebuilder,
                                                      std::move(request), (*place)->clock()));
    if (!rehearsed) return tl::unexpected<Failure>(rehearsed.error());
    recovery::Verification& look = rehearsed->verification;
    const auto& restored = rehearsed->restored;
    if (!restored || !look.sound) {
        remember(invocation, arguments, (*place)->cluster(), look);
        return give_up(Exit::VerificationFailed, "backup_damaged", look.words,
                       "An earlier moment may still come back: syncwatch backup list, then --to.");
    }
    auto counts = count_rows(file);
    if (!counts) return tl::unexpected<Failure>(counts.error());
    const std::chrono::duration<double> took = (*place)->clock().now() - begun;
    // Last: it is changed by that.
    RestoredDatabase database;
    database.folder = (*scratch)->path();
    database.file = file;
    const auto used = let_use(invocation, **place, std::move(database), look);
    if (!used) return used;
    remember(invocation, arguments, (*place)->cluster(), look);
    invocation.out.set("used", json::string(look.words));
    if (!look.sound) {
        return give_up(Exit::VerificationFailed, "not_usable", look.words,
                       "All rows, indexes and references in it are sound, and it cannot be used "
                       "as it is: docs/recovery/backups.md, \"Used by a canary\".");
    }

    tell_restored(invocation, *restored);
    const Output& out = invocation.out;
    std::string rows;
    for (const auto& [table, count] : *counts) {
        rows += fmt::format("{}{} {}", rows.empty() ? "" : ", ", count.as_int64(),
                            std::string_view(table));
    }
    out.line("rows           " + rows);
    out.line("used           " + look.words);
    out.line(fmt::format("took           {:.1f} s", took.count()));
    invocation.out.set("restored", json::object{{"moment", moment_text(restored->moment)},
                                                {"reached", moment_text(restored->reached)},
                                                {"copy", restored->base},
                                                {"bytes", restored->base_bytes},
                                                {"log_bytes", restored->log_bytes},
                                                {"schema_version", restored->schema_version},
                                                {"seconds", took.count()}});
    invocation.out.set("counts", *std::move(counts));
    if (recovery::has_damaged_films(look)) return films_are_damaged(look.words);
    const auto promised = (*place)->plan().objectives.find("database");
    if (promised == (*place)->plan().objectives.end() || took <= promised->second.rto) return {};
    return give_up(Exit::ObjectiveMissed, "objective_missed",
                   fmt::format("it is sound, but took longer than the promised {}",
                               format_span(promised->second.rto)),
                   "Look at the speed of the place that backups are kept in, or promise less.");
}

using RunBackup = Outcome<> (*)(Invocation&, const BackupArguments&);

void add_command(CLI::App& to, const char* name, const char* help, bool with_moment,
                 Command& chosen, RunBackup run) {
    const auto arguments = std::make_shared<BackupArguments>();
    CLI::App* command = to.add_subcommand(name, help);
    add_backup_options(*command, *arguments, with_moment);
    command->callback([&chosen, arguments, run] {
        chosen.run = [arguments, run](Invocation& invocation) {
            return run(invocation, *arguments);
        };
    });
}

}  // namespace

void add_backup(CLI::App& app, Command& chosen) {
    CLI::App* backup = app.add_subcommand(
        "backup",
        "Backups: make them, look whether they can be brought back, and let them expire. Those of "
        "an "
        "embedded database a running server makes, all the time: docs/recovery/.");
    backup->require_subcommand(1);
    add_command(
        *backup, "list",
        "Show the backups and the moments that can be brought back. Ends with 5 where one is "
        "damaged",
        false, chosen, list_backups);
    add_backup_run(*backup, chosen);
    add_backup_look(*backup, chosen);
    add_backup_keep(*backup, chosen);
    add_backup_gaps(*backup, chosen);
    add_backup_sets(*backup, chosen);
    add_backup_new_key(*backup, chosen);
    add_backup_adopt(*backup, chosen);
    add_command(
        *backup, "restore-test",
        "Bring the database back into a file that is thrown away, look at all of it, use it as "
        "somebody who logs in and plays a film, and say how long bringing it back took. Ends with "
        "5 where it or the film is not sound, 6 where it took longer than the plan promises",
        true, chosen, restore_test);
}

}  // namespace syncwatch::apps
