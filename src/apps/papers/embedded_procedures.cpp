#include <fmt/format.h>

#include "apps/papers/procedures.h"

namespace syncwatch::apps {
namespace {

Procedure embedded_lost(const PaperFacts& facts, const Typist& typist) {
    const std::string file = facts.settings.database_path().string();
    Procedure procedure;
    procedure.name = "database-lost";
    procedure.title = "The database is lost or damaged";
    procedure.signs = {"The alert `SyncWatchDatabaseAway`; `/health` has `database` down.",
                       fmt::format("The server does not start, and its log names `{}`.", file)};
    procedure.effect =
        "Nobody signs in and no room opens. Who watches goes on with what is buffered, and no "
        "longer.";
    procedure.decision =
        "A server that only stopped is started, not restored. Restore where the file is gone, or "
        "`syncwatch doctor` calls it damaged. A full or broken disk comes first.";
    procedure.steps = {
        typist.stop(),
        {"See which moments can be brought back.", {typist.ours("backup list")}},
        {"See what would be done. Where a database is still there, this shows the word that "
         "confirms it.",
         {typist.ours("restore database --dry-run")}},
        {"Bring the latest moment back. What is there is moved aside. Where nothing is there, "
         "leave `--confirm WORD` out.",
         {typist.ours("restore database --confirm WORD")}},
        typist.start()};
    procedure.checks = usual_checks(
        typist, "Somebody who had an account signs in and finds the newest messages of a room.");
    procedure.way_back = fmt::format(
        "`{0}.before-…` is what was there. Stop the server, move `{0}` and `{0}-wal` away, give "
        "that one its name back (and `-wal` its own), start the server.",
        file);
    procedure.components = {"sqlite"};
    return procedure;
}

Procedure embedded_mistake(const PaperFacts& facts, const Typist& typist) {
    const std::string file = facts.settings.database_path().string();
    const std::string look = (facts.settings.data.dir / "look.db").string();
    const std::string user =
        facts.by_systemd ? "sudo -u " + shell_word(facts.user) + " " : std::string();
    Procedure procedure;
    procedure.name = "database-mistake";
    procedure.title = "Something was deleted or changed by mistake";
    procedure.signs = {"People miss rooms, accounts, messages or films that were there."};
    procedure.effect = "What was deleted is gone for everybody. All else works.";
    procedure.decision =
        "Find the last moment at which it was right: the log of the server, or who did it. Bring "
        "that back beside the database first, and copy what is missed. Put the whole database "
        "back only where the mistake is all over it: everything that happened after that moment "
        "is lost then.";
    procedure.steps = {
        {"Bring that moment back beside the database. The server runs on. A moment has its zone, "
         "as in `2026-11-29T16:00:00Z`.",
         {typist.ours("restore database --to MOMENT --into " + shell_word(look))}},
        {"Look whether it is there. Another moment is another file: remove this one first.",
         {user +
          fmt::format("sqlite3 -readonly {} 'SELECT code, name FROM rooms'", shell_word(look))}},
        {"To copy rows, stop the server and name the table in the place of `room_messages`: rows "
         "that are there stay as they are.",
         {user + fmt::format("sqlite3 {} \"ATTACH '{}' AS old; INSERT OR IGNORE INTO "
                             "room_messages SELECT * FROM old.room_messages\"",
                             shell_word(file), look)}},
        {"To put all of it back instead, stop the server, and look first: this shows the word.",
         {typist.ours("restore database --to MOMENT --dry-run"),
          typist.ours("restore database --to MOMENT --confirm WORD")}},
        typist.start()};
    procedure.checks =
        usual_checks(typist, "Who missed something finds it; what came after is still there.");
    procedure.checks.push_back(
        {"Films that were deleted since may have rows and no files now: this says which.",
         {typist.ours("replicate audit")}});
    procedure.way_back = fmt::format(
        "Copied rows are deleted again, or the moment before the copy is brought back. After all "
        "of it was put back: `{}.before-…`, as above.",
        file);
    procedure.components = {"sqlite"};
    return procedure;
}

}  // namespace

std::vector<Procedure> embedded_procedures(const PaperFacts& facts, const Typist& typist) {
    if (facts.settings.postgres.on()) return {};
    return {embedded_lost(facts, typist), embedded_mistake(facts, typist)};
}

}  // namespace syncwatch::apps
