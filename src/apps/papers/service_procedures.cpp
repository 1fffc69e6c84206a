#include <fmt/format.h>

#include "apps/papers/procedures.h"

namespace syncwatch::apps {
namespace {

Step log_of(const PaperFacts& facts, const char* since) {
    if (!facts.by_systemd) return {"Keep what its log says before anything is restarted."};
    return {"Keep what its log says before anything is restarted.",
            {fmt::format("sudo journalctl -u syncwatch --since '{}' -o cat > /var/tmp/"
                         "syncwatch.log",
                         since)}};
}

Procedure server_down(const PaperFacts& facts, const Typist& typist) {
    Procedure procedure;
    procedure.name = "server-down";
    procedure.title = "A server does not run, or does not answer";
    procedure.signs = {"The alerts `SyncWatchDown`, `SyncWatchRestarts`, `SyncWatchErrors`."};
    procedure.effect = facts.settings.postgres.on()
                           ? "Its viewers come back through another node; players do not stop."
                           : "Players go on with what is buffered, then everybody waits.";
    procedure.decision =
        "`/health` names what it is. A database or a store that is away is not mended by a "
        "restart of the server.";
    procedure.steps = {log_of(facts, "1 hour ago"),
                       {"See what it says of itself, and of its machine.",
                        {typist.ours("health"), typist.ours("doctor")}},
                       typist.stop(),
                       typist.start()};
    procedure.checks = usual_checks(typist, "A film plays for two people at the same place.");
    procedure.way_back = "There is nothing to undo.";
    return procedure;
}

Procedure bad_release(const PaperFacts& facts, const Typist& typist) {
    Procedure procedure;
    procedure.name = "bad-release";
    procedure.title = "A new version is bad";
    procedure.signs = {"It began with an upgrade: errors, restarts, complaints."};
    procedure.effect = "Whatever the new version does wrong.";
    procedure.decision = fmt::format(
        "This plan is of {}. See in `CHANGELOG.md` what the newer one changed. An older program "
        "refuses the tables of a newer one, and says so: then going back costs what happened "
        "since the upgrade, and a newer version that mends it may be better.",
        facts.version);
    procedure.steps = {log_of(facts, "1 day ago"),
                       {"Install the earlier package again, on one node first.",
                        {"sudo apt-get install --allow-downgrades ./syncwatch_EARLIER.deb"}},
                       {"See whether it runs.", {typist.ours("doctor"), typist.ours("health")}},
                       {"Where it refuses the tables: bring the database back to a moment before "
                        "the upgrade, as in \"Something was deleted or changed by mistake\", all "
                        "of it. Or install the newer one again."},
                       {"Then the other nodes, one after the other, workers last."}};
    procedure.checks = {{"The version is the earlier one.", {"syncwatch --version"}}};
    for (Step& each : usual_checks(typist, "What was bad is gone.")) {
        procedure.checks.push_back(std::move(each));
    }
    procedure.way_back = "Install the newer package again.";
    return procedure;
}

std::string host_of_ice(const std::string& server) {
    const auto colon = server.find(':');
    std::string host = colon == std::string::npos ? server : server.substr(colon + 1);
    host = host.substr(0, host.find('?'));
    return host.substr(0, host.rfind(':'));
}

Procedure turn_down(const PaperFacts& facts, const Typist& typist) {
    Procedure procedure;
    procedure.name = "turn-down";
    procedure.title = "A TURN server is down";
    procedure.signs = {"The alert `SyncWatchTurnUnwell`; some people hear nobody."};
    procedure.effect =
        "Voice fails where browsers do not reach one another directly. Films go on, and so do "
        "calls that are under way elsewhere.";
    procedure.decision =
        "Calls that went through it have dropped: a restart costs nothing more. It keeps nothing.";
    procedure.steps = {
        {"See which, and ask each from outside of its network.", {typist.ours("health")}}};
    for (const std::string& each : facts.settings.ice.servers) {
        procedure.steps.back().commands.push_back("turnutils_stunclient " +
                                                  shell_word(host_of_ice(each)));
    }
    procedure.steps.push_back({"On its machine: keep its log, then restart it.",
                               {"sudo journalctl -u coturn --since '1 hour ago' -o cat",
                                "sudo systemctl restart coturn"}});
    procedure.steps.push_back(
        {"Where it stays down: take it out of `ice.servers`, or name another with the same "
         "secret, and restart the nodes one after the other.",
         {typist.ours("doctor")}});
    procedure.checks = {{"It is well.", {typist.ours("health")}},
                        {"Two people on different networks, one on a telephone, hear each other."}};
    procedure.way_back =
        "Put it back into `ice.servers` when it is well. Calls that are under way stay where they "
        "are.";
    return procedure;
}

/// What has no file in a bundle, by its name.
std::vector<Step> engines_back(const PaperFacts& facts, const Typist& typist) {
    if (facts.settings.postgres.on()) {
        return {
            {"PostgreSQL, on its machine: install it and pgBackRest, bring it back, start it, "
             "and let it archive again, as in \"PostgreSQL is lost or damaged\". A machine "
             "of its own needs the settings, too.",
             {"sudo apt-get install postgresql-15 pgbackrest",
              typist.as_postgres("restore pg --in-place --to latest --dry-run"),
              typist.as_postgres("restore pg --in-place --to latest --confirm WORD")}}};
    }
    return {{"The database, before the server is started for the first time.",
             {typist.ours("restore database")}}};
}

Procedure machine_lost(const PaperFacts& facts, const Typist& typist) {
    Procedure procedure;
    procedure.name = "machine-lost";
    procedure.title = "The whole machine, or all of a region, is lost";
    procedure.signs = {"Nothing there answers, and nobody knows when it will."};
    procedure.effect = "Nobody can watch anything.";
    procedure.decision = fmt::format(
        "Make sure that the old one cannot come back beside the new one: take its addresses away. "
        "You need a new Debian machine, the package of SyncWatch {}, a recovery key, and the keys "
        "of the place where backups are. A region that stands by with engines of its own is "
        "another thing: `docs/operations.md`, \"Two regions\", by hand.",
        facts.version);
    const std::string config =
        "restore config " + typist.repository() + " --identity /dev/shm/key --in-place";
    procedure.steps = {
        {"Install the program. Nothing is started by that.",
         {"sudo apt-get install ./syncwatch_VERSION.deb age"}},
        {"A recovery key goes into `/dev/shm/key`, the keys of the store, if it is one, into "
         "`/dev/shm/store-keys`. A place that is a folder is mounted where it was.",
         {"nano /dev/shm/key"}},
        {"Settings and secrets. Read the list before you confirm it.",
         {typist.bare(config + " --dry-run"), typist.bare(config + " --confirm WORD"),
          "rm -f /dev/shm/key /dev/shm/store-keys"}}};
    for (Step& each : engines_back(facts, typist)) procedure.steps.push_back(std::move(each));
    procedure.steps.push_back(
        {facts.settings.second.on()
             ? "Films: an empty first store is filled from the second when the server runs, "
               "without anybody waiting for it. This does it now."
             : "**Films do not come back**: there is no second store. Put the folder or bucket "
               "back from a copy of your own.",
         facts.settings.second.on()
             ? std::vector<std::string>{typist.ours("replicate repair --all")}
             : std::vector<std::string>{}});
    procedure.steps.push_back({"Look at everything.", {typist.ours("doctor")}});
    procedure.steps.push_back(typist.start());
    if (facts.by_systemd)
        procedure.steps.back().commands = {"sudo systemctl enable --now syncwatch"};
    procedure.steps.push_back({"Lead people there: DNS, or the proxy in front."});
    procedure.checks = usual_checks(
        typist, "Somebody who had an account signs in, finds their rooms, and plays a film.");
    procedure.checks.push_back(
        {"New backups are made, into the same place.", {typist.ours("backup run")}});
    procedure.way_back = "There is nothing to go back to: the old machine stays off.";
    procedure.components = {"config", "secrets", facts.settings.postgres.on() ? "pg" : "sqlite"};
    return procedure;
}

}  // namespace

std::vector<Procedure> service_procedures(const PaperFacts& facts, const Typist& typist) {
    std::vector<Procedure> all{machine_lost(facts, typist), server_down(facts, typist),
                               bad_release(facts, typist)};
    if (!facts.settings.ice.servers.empty()) all.push_back(turn_down(facts, typist));
    return all;
}

std::vector<Step> usual_checks(const Typist& typist, const std::string& by_hand) {
    return {{"Everything is well.", {typist.ours("health")}},
            {"What would be lost now is what is promised: backups go on.", {typist.ours("status")}},
            {by_hand}};
}

}  // namespace syncwatch::apps
