#include <algorithm>

#include <fmt/format.h>

#include "apps/papers/procedures.h"

namespace syncwatch::apps {
namespace {

bool is_sentinel(const std::string& url) {
    return url.starts_with("sentinel");
}

/// "-h HOST -p PORT" of the first host in an address.
std::string redis_at(const std::string& url) {
    std::string host = hosts_of(url);
    host = host.substr(0, host.find(','));
    std::string port = is_sentinel(url) ? "26379" : "6379";
    const auto colon = host.rfind(':');
    if (colon != std::string::npos && host.find(']', colon) == std::string::npos) {
        port = host.substr(colon + 1);
        host.resize(colon);
    }
    return fmt::format("-h {} -p {}{}", shell_word(host), port,
                       url.find("s://") != std::string::npos ? " --tls" : "");
}

/// What runs there, and whether it takes writes; `redis-cli PING` says PONG of one that is empty,
/// loads, or only follows.
Step look_at(const std::string& url) {
    const std::string cli = "redis-cli --askpass " + redis_at(url) + " ";
    if (!is_sentinel(url)) {
        return {"See whether it runs, what it is, and how much is in it. `master` takes writes.",
                {cli + "ROLE", cli + "INFO persistence", cli + "DBSIZE"}};
    }
    const std::string name = shell_word(last_of(url));
    return {"Ask a Sentinel who the master is, and whether they can choose another.",
            {cli + "SENTINEL GET-MASTER-ADDR-BY-NAME " + name, cli + "SENTINEL CKQUORUM " + name}};
}

Step start_redis() {
    return {
        "Start it, on its machine. Behind Sentinels another master takes over by itself: never "
        "tell a replica by hand to be master there, they undo it.",
        {"sudo systemctl start redis-server"}};
}

/// The bus is all that SyncWatch wants of it.
Procedure bus_lost(const PaperFacts& facts, const Typist& typist) {
    const std::string& url = facts.settings.bus.url;
    Procedure procedure;
    procedure.name = "redis-lost";
    procedure.title = "Redis is lost";
    procedure.signs = {"The alert `SyncWatchBusDegraded`; `/health` has `bus` degraded."};
    procedure.effect = facts.settings.postgres.on()
                           ? "Nobody notices: nodes talk over the database until it is back."
                           : "There is one node, which talks to itself.";
    procedure.decision =
        "SyncWatch keeps nothing in Redis: it starts empty, and nothing is restored for it. Put "
        "no old file back.";
    procedure.steps = {look_at(url), start_redis()};
    procedure.checks = {{"`bus` is well again within seconds.", {typist.ours("health")}}};
    procedure.way_back = "There is nothing to undo.";
    return procedure;
}

Procedure data_lost(const PaperFacts& facts, const Typist& typist) {
    const std::string url = shown_url(facts.settings.recovery.redis_url);
    const auto file = facts.settings.secret_files.find("recovery.redis_password");
    const std::string password = file == facts.settings.secret_files.end()
                                     ? std::string()
                                     : " --password-file " + shell_word(file->second.string());
    const std::string server =
        "restore redis --server " + shell_word(url) + password + " --keep /var/tmp";
    Procedure procedure;
    procedure.name = "redis-data-lost";
    procedure.title = "What Redis holds is lost";
    procedure.signs = {"Redis is empty, or does not start and names its file.",
                       "Whoever keeps data in it misses them."};
    procedure.effect = "SyncWatch itself keeps nothing in it, and goes on.";
    procedure.decision =
        "Snapshots are of one moment: what was written after it is gone. A Redis that comes back "
        "with its data needs no restore. With `appendonly yes` it never looks at `dump.rdb`: "
        "copy no file there by hand.";
    procedure.steps = {
        look_at(facts.settings.recovery.redis_url),
        {"See which snapshots there are.", {typist.as_root("backup list")}},
        {"Where it runs: see what would be done, and do it. What it has now is first kept as a "
         "file in `/var/tmp`.",
         {typist.as_root(server + " --dry-run"), typist.as_root(server + " --confirm WORD")}},
        {"Where it does not run: into its data folder; behind Sentinels first `SENTINEL REMOVE` "
         "at each. Say `--appendonly yes` or `no`, as `redis.conf` has it, where the folder is "
         "empty.",
         {typist.as_root("restore redis --into /var/lib/redis --dry-run"),
          typist.as_root("restore redis --into /var/lib/redis --confirm WORD")}},
        start_redis()};
    procedure.checks = {look_at(facts.settings.recovery.redis_url),
                        {"Somebody whose data are in it finds them."}};
    procedure.way_back =
        "What was there is `redis-before-….rdb` in `/var/tmp` (bring it back with `--file`), or "
        "has the end `.before-…` in the data folder.";
    procedure.components = {"redis"};
    return procedure;
}

std::string first_store(const config::Settings& settings) {
    return settings.s3.on() ? shown_url(settings.s3.url) : settings.objects_path().string();
}

Procedure objects_lost(const PaperFacts& facts, const Typist& typist) {
    const config::Settings& settings = facts.settings;
    const bool two = settings.second.on();
    Procedure procedure;
    procedure.name = "objects-lost";
    procedure.title = "Films, or parts of them, are lost";
    procedure.signs = {
        "The alerts `SyncWatchObjectsFaulty`, `SyncWatchObjectsLost`, `SyncWatchStoreAway`.",
        "Films stop at one place, or do not begin."};
    procedure.effect =
        two ? "Films play: what the first store has not comes from the second, or is made again "
              "from the original within seconds. Uploads pause while the first is away."
            : "What is missing is made again from the original within seconds, where that is "
              "there. An original that is missing cannot be.";
    procedure.decision = fmt::format(
        "A store that is away has lost nothing: bring it back first. The first is `{}`, {}. Copy "
        "nothing over from one to the other by hand: the ledger in the database knows which copy "
        "is good.",
        first_store(settings),
        two ? "the second `" + shown_url(settings.second.name()) + "`" : "and there is no second");
    procedure.steps = {
        {"See what is damaged or lost, and since when.", {typist.ours("replicate status")}},
        {"Read everything back, and mend what is found. Servers run on; they do the same by "
         "themselves, slower. It ends with 5 where something has no whole copy.",
         {typist.ours("replicate repair --all")}},
        {"What is still lost has no whole copy anywhere: it is named here. Bring it back from a "
         "backup of the store itself, or upload the film again.",
         {typist.ours("replicate status"), typist.ours("video list")}}};
    if (two) {
        procedure.steps.push_back(
            {"Where all of the first store is gone: make an empty folder or bucket of that name, "
             "and repair everything as above. To go on from the second meanwhile, swap "
             "`objects.url` and `objects.second` in the settings, and restart."});
    }
    procedure.checks = {{"Nothing is damaged, nothing is lost, all of it was read back.",
                         {typist.ours("replicate audit"), typist.ours("replicate status")}},
                        {"A film that stopped plays over the place where it did."}};
    procedure.way_back =
        "Repair only replaces what is missing or not what the ledger says: there is nothing to "
        "undo.";
    procedure.components = {"objects"};
    return procedure;
}

}  // namespace

std::vector<Procedure> engine_procedures(const PaperFacts& facts, const Typist& typist) {
    std::vector<Procedure> all;
    const std::string& bus = facts.settings.bus.url;
    const bool over_redis = bus.starts_with("redis") || bus.starts_with("sentinel");
    if (over_redis) all.push_back(bus_lost(facts, typist));
    if (!facts.settings.recovery.redis_url.empty()) all.push_back(data_lost(facts, typist));
    all.push_back(objects_lost(facts, typist));
    return all;
}

}  // namespace syncwatch::apps
