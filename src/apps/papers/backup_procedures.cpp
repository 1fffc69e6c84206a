#include <fmt/format.h>

#include "apps/papers/procedures.h"

namespace syncwatch::apps {
namespace {

Procedure settings_lost(const PaperFacts& facts, const Typist& typist) {
    const std::string from =
        typist.repository() +
        (facts.plan.escrow_recipients.empty() ? "" : " --identity /dev/shm/key");
    const std::string in_place = "restore config " + from + " --in-place";
    Procedure procedure;
    procedure.name = "settings-lost";
    procedure.title = "Settings or secrets are lost";
    procedure.signs = {fmt::format(
        "Files are missing that the server names: `{}`, the plan, "
        "certificates, passwords.",
        facts.settings.config_file.empty() ? "its settings" : facts.settings.config_file.string())};
    procedure.effect = "Nothing, while the server runs: it has read them. It does not start again.";
    procedure.decision =
        "Do not restart what runs. If somebody else may have the secrets now, bring the files "
        "back and then change every password, token and key.";
    if (!facts.plan.escrow_recipients.empty()) {
        procedure.steps.push_back(
            {"Type or copy a recovery key into `/dev/shm/key`, which is only memory, and the keys "
             "of the store, if it is one, into `/dev/shm/store-keys`.",
             {"nano /dev/shm/key"}});
    }
    procedure.steps.push_back(
        {"See which files would go where. Read the list: whoever can write to the repository can "
         "put other files into it. The word that confirms it stands at its end.",
         {typist.bare(in_place + " --dry-run")}});
    procedure.steps.push_back({"Lay them down. What is there is moved aside.",
                               {typist.bare(in_place + " --confirm WORD")}});
    procedure.steps.push_back(
        {"Remove the key again.", {"rm -f /dev/shm/key /dev/shm/store-keys"}});
    procedure.checks = {{"Settings, certificates and passwords are good.", {typist.ours("doctor")}},
                        {"The plan is the one that you know.", {typist.ours("plan show")}}};
    if (facts.plan.escrow_recipients.empty()) {
        procedure.steps.push_back(
            {"**No secret comes back**: the plan names no recovery key. Where `REDACTED` stands "
             "in a file, make a new password, in the engine as well."});
    }
    procedure.way_back = "What was there is `FILE.before-…` beside each file.";
    procedure.components = {"config", "secrets"};
    return procedure;
}

Procedure backup_damaged(const PaperFacts& facts, const Typist& typist) {
    Procedure procedure;
    procedure.name = "backup-damaged";
    procedure.title = "A backup is found damaged";
    procedure.signs = {"The alert `SyncWatchBackupDamaged`; `syncwatch status` says DAMAGED."};
    procedure.effect = "Nobody notices. A loss now may not come back from that backup.";
    procedure.decision =
        "A good one comes first, why it was damaged second. Change nothing in a repository by "
        "hand: the other one may have it whole.";
    procedure.steps = {{"See which, and what is wrong with it.", {typist.ours("backup list")}},
                       {"Make new ones.", {typist.ours("backup run --even-unchanged")}}};
    if (facts.settings.postgres.on()) {
        procedure.steps.push_back({"PostgreSQL's on its own machine.",
                                   {typist.as_postgres("backup run --component pg --kind full")}});
    } else {
        procedure.steps.push_back(
            {"The embedded database: see whether its latest moment comes back. If not, an "
             "earlier one may; the next copy of the file is made within a day.",
             {typist.ours("backup restore-test")}});
    }
    procedure.steps.push_back(
        {"Find out what damaged it: the disk, the store, or somebody. Look at all others.",
         {typist.ours("backup verify --all")}});
    procedure.checks = {
        {"The new ones come back.", {typist.ours("backup verify --set ID --level restore")}},
        {"Nothing is called damaged that is needed.", {typist.ours("status")}}};
    procedure.way_back = "New backups undo nothing; the damaged one expires as the plan says.";
    return procedure;
}

Procedure repository_away(const PaperFacts& facts, const Typist& typist) {
    std::string places;
    for (const auto& [name, place] : facts.plan.repositories) {
        places += fmt::format("{}{}: `{}`", places.empty() ? "" : ", ", name, shown_url(place.url));
    }
    Procedure procedure;
    procedure.name = "repository-away";
    procedure.title = "A place for backups is away";
    procedure.signs = {
        "The alerts `SyncWatchBackupUnwell`, `SyncWatchBackupFailing`; `/health` has `backup`."};
    procedure.effect = "Nobody notices. A loss now loses all that was not brought there.";
    procedure.decision = "The places are " + (places.empty() ? "not named yet" : places) +
                         ". A disk that is not mounted and keys that ended are the usual reasons.";
    procedure.steps = {
        {"See what is away.", {typist.ours("backup list")}},
        {"Bring it back: mount the disk, renew the keys. What is missing there is brought by "
         "itself; this does it now.",
         {typist.ours("backup run")}},
        {"Where it is gone for good: name another place in the plan, look at the plan, and "
         "restart the servers.",
         {typist.ours("plan lint")}}};
    if (facts.settings.postgres.on()) {
        procedure.steps.push_back(
            {"Meanwhile PostgreSQL keeps its log, and its disk fills: watch it. Then back it up.",
             {typist.as_postgres("backup run --component pg")}});
    }
    procedure.checks = {{"What would be lost is what is promised again.", {typist.ours("status")}}};
    procedure.way_back = "There is nothing to undo.";
    return procedure;
}

}  // namespace

std::vector<Procedure> backup_procedures(const PaperFacts& facts, const Typist& typist) {
    return {settings_lost(facts, typist), backup_damaged(facts, typist),
            repository_away(facts, typist)};
}

}  // namespace syncwatch::apps
