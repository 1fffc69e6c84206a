#include <algorithm>

#include <fmt/format.h>

#include "apps/papers/procedures.h"

namespace syncwatch::apps {
namespace {

/// Back to archiving: what was restored sends nothing into the backups of the real one.
std::vector<Step> archive_again(const Typist& typist) {
    return {typist.start_postgres(),
            {"Wait until it says `f`: until then it replays the log and takes no writes.",
             {typist.psql("SELECT pg_is_in_recovery()")}},
            {"See what the newest thing in it is, before people write into it.",
             {typist.psql("SELECT to_timestamp(max(sent_at) / 1000000.0) FROM room_messages")}},
            {"When it is the right one, let it archive again, restart it as it was stopped and "
             "started, and make a full backup.",
             {typist.psql("ALTER SYSTEM RESET archive_mode"),
              typist.as_postgres("backup run --component pg --kind full")}}};
}

void append(std::vector<Step>& to, std::vector<Step> more) {
    std::ranges::move(more, std::back_inserter(to));
}

std::string way_back(const PaperFacts& facts) {
    return fmt::format(
        "`{0}.before-…` is what was there, with its log. Stop PostgreSQL, move `{0}` away, give "
        "that one its name back, start PostgreSQL.",
        facts.settings.recovery.pg_data.string());
}

Procedure postgres_lost(const PaperFacts& facts, const Typist& typist) {
    Procedure procedure;
    procedure.name = "database-lost";
    procedure.title = "PostgreSQL is lost or damaged";
    procedure.signs = {"The alert `SyncWatchDatabaseAway`; `/health` has `database` down.",
                       "PostgreSQL's log says PANIC, or names pages that are not valid."};
    procedure.effect =
        "Films, controls, voice and chat go on in rooms that are live: nodes keep what is said "
        "and bring it into the database later. Nobody signs up, and no new room opens.";
    procedure.decision =
        "A server that only stopped is started. Where another machine has the database, that one "
        "takes over, and nothing is restored. Restore where no machine has it whole. Do not "
        "delete the old folder: its log may have what no repository has.";
    if (hosts_of(facts.settings.postgres.url).find(',') != std::string::npos) {
        procedure.steps.push_back(
            {"There are several hosts: " + hosts_of(facts.settings.postgres.url) +
                 ". Patroni lets a replica take over by itself within half a minute, and nodes "
                 "find it. Never promote one by hand under Patroni. See who leads:",
             {"patronictl -c /etc/patroni/config.yml list"}});
    }
    append(procedure.steps,
           {{"All of this on the machine of PostgreSQL."},
            typist.stop_postgres(),
            {"See what would be done. Where a database is still there, this shows the word that "
             "confirms it.",
             {typist.as_postgres("restore pg --in-place --to latest --dry-run")}},
            {"Bring it back. What is there is moved aside with its log, and pieces of the log "
             "that no repository had are taken over. Where nothing is there, leave "
             "`--confirm WORD` out.",
             {typist.as_postgres("restore pg --in-place --to latest --confirm WORD")}}});
    append(procedure.steps, archive_again(typist));
    procedure.steps.push_back({"Replicas are made anew from it. Nodes find it by themselves."});
    procedure.checks = usual_checks(
        typist, "Somebody who had an account signs in and finds the newest messages of a room.");
    procedure.way_back = way_back(facts);
    procedure.components = {"pg"};
    return procedure;
}

/// Where the copy that is looked at listens: nowhere but at the socket, beside the real one.
constexpr int kPortBeside = 5499;

Step start_beside(const PaperFacts& facts, const Typist& typist, const std::string& folder) {
    std::string options = fmt::format("-c port={} -c listen_addresses=", kPortBeside);
    const auto cluster = typist.debian_cluster();
    if (!cluster || !facts.by_systemd) {
        return {"Start a server on it, beside the real one: nobody gets to it but at the socket.",
                {fmt::format("pg_ctl start -w -D {} -o '{}'", folder, options)}};
    }
    // Debian's settings are not in the data folder.
    options += fmt::format(
        " -c config_file=/etc/postgresql/{}/postgresql.conf -c data_directory={} -c "
        "external_pid_file=",
        *cluster, folder);
    const std::string version = cluster->substr(0, cluster->find('/'));
    return {"Start a server on it, beside the real one: nobody gets to it but at the socket.",
            {fmt::format("sudo -u postgres /usr/lib/postgresql/{}/bin/pg_ctl start -w -D {} -l "
                         "{}.log -o '{}'",
                         version, folder, folder, options)}};
}

Procedure postgres_mistake(const PaperFacts& facts, const Typist& typist) {
    const std::string folder = facts.settings.recovery.pg_data.parent_path() / "syncwatch-look";
    const std::string word = shell_word(folder);
    const std::string database = shell_word(last_of(facts.settings.postgres.url));
    const std::string user = facts.by_systemd ? "sudo -u postgres " : "";
    const std::string socket = shell_word(facts.settings.recovery.pg_socket.string());
    Procedure procedure;
    procedure.name = "database-mistake";
    procedure.title = "Something was deleted or changed by mistake";
    procedure.signs = {"People miss rooms, accounts, messages or films that were there.",
                       "Somebody deleted rows or a table."};
    procedure.effect = "What was deleted is gone for everybody. All else works.";
    procedure.decision =
        "Find the last moment at which it was right. Bring that back beside the database first, "
        "and copy what is missed: nothing else is lost. Put the whole database back only where "
        "the mistake is all over it: everything after that moment is lost then.";
    procedure.steps = {
        {"On the machine of PostgreSQL: bring that moment back into a new folder. The server runs "
         "on. A moment has its zone, as in `2026-11-29T16:00:00Z`.",
         {typist.as_postgres("restore pg --into " + word + " --to MOMENT")}},
        start_beside(facts, typist, word),
        {"When it says `f`, look whether what is missed is there, and copy the rows. "
         "`room_messages` is the table in this example; rows that are there stay as they are.",
         {fmt::format("{}psql -h {} -p {} -d {} -c 'SELECT pg_is_in_recovery()'", user, socket,
                      kPortBeside, database),
          fmt::format("{}psql -h {} -p {} -d {} -c 'COPY room_messages TO STDOUT' | ", user, socket,
                      kPortBeside, database) +
              typist.postgres_program(fmt::format(
                  "psql -d {} -v ON_ERROR_STOP=1 --single-transaction -c 'CREATE TEMP TABLE old "
                  "(LIKE room_messages)' -c 'COPY old FROM STDIN' -c 'INSERT INTO room_messages "
                  "SELECT * FROM old ON CONFLICT DO NOTHING'",
                  database))}},
        {"To put all of it back instead: stop PostgreSQL, look first, then as when it is lost.",
         {typist.as_postgres("restore pg --in-place --to MOMENT --dry-run"),
          typist.as_postgres("restore pg --in-place --to MOMENT --confirm WORD")}}};
    append(procedure.steps, archive_again(typist));
    procedure.checks =
        usual_checks(typist, "Who missed something finds it; what came after is still there.");
    procedure.checks.push_back(
        {"Films that were deleted since may have rows and no files now: this says which.",
         {typist.ours("replicate audit")}});
    procedure.way_back =
        "Copied rows are deleted again. After all of it was put back: " + way_back(facts);
    procedure.components = {"pg"};
    return procedure;
}

}  // namespace

std::vector<Procedure> postgres_procedures(const PaperFacts& facts, const Typist& typist) {
    if (!facts.settings.postgres.on()) return {};
    return {postgres_lost(facts, typist), postgres_mistake(facts, typist)};
}

}  // namespace syncwatch::apps
