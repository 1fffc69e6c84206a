#include <charconv>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "adapters/system/system_clock.h"
#include "apps/command/backup_desk.h"
#include "apps/command/command.h"
#include "apps/command/postgres_target.h"
#include "apps/command/postgres_tools.h"
#include "apps/command/restore_estimate.h"
#include "apps/command/restore_hold.h"
#include "apps/command/restore_news.h"
#include "apps/command/restore_parts.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/quantity.h"
#include "recovery/postgres/data_folder.h"
#include "recovery/postgres/restore_plan.h"
#include "recovery/postgres/server_clock.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using recovery::PgDataFolder;
using recovery::PgRestorePlan;
using Target = DatabaseBackups::Target;

struct PostgresArguments {
    BackupArguments place;
    std::string to = "latest";
    std::string timeline;
    std::string backup;
    fs::path into;
    bool in_place = false;
    bool dry_run = false;
    std::string confirmed;
    std::string fetch;  ///< The restore_command, once it is known.
};

/// What is going to be done, once it is known.
struct Intention {
    PgRestorePlan plan;
    PgDataFolder there;
    fs::path target;  ///< Where the database is to be in the end.
    fs::path fresh;   ///< Where it is brought back into.
    bool in_place = false;
    std::string fetch;
    std::vector<std::string> reach;  ///< What can be brought back at all, by repository.
    std::string pasts;               ///< The timelines there are.
    std::string token;
};

Outcome<> look_before(const Intention& intention) {
    const PgDataFolder& there = intention.there;
    const std::string where = intention.target.string();
    if (there.is_running) {
        return give_up(Exit::Refused, "server_runs", "a server runs on " + where,
                       "Stop PostgreSQL first.");
    }
    if (!intention.in_place) {
        if (there.is_free()) return {};
        return give_up(Exit::Refused, "not_empty_folder", where + " is not empty",
                       "Name a new folder with --into.");
    }
    if (there.state == PgDataFolder::State::Other) {
        return give_up(Exit::Refused, "not_a_database", where + " is no data folder of PostgreSQL",
                       "Look at recovery.pg_data.");
    }
    if (there.state == PgDataFolder::State::Database &&
        there.system_id != intention.plan.backup.system_id) {
        return give_up(Exit::Refused, "not_this_database",
                       fmt::format("{} is database {}, and the backup is of {}", where,
                                   there.system_id, intention.plan.backup.system_id),
                       "Is this the right machine? --into brings it back beside.");
    }
    if (there.is_standby) {
        return give_up(Exit::Refused, "is_standby", where + " follows another server",
                       "Bring it back on that one's machine, and make this one anew from it. If "
                       "this is to be the only one, remove its standby.signal first.");
    }
    if (there.has_tablespaces) {
        return give_up(Exit::Refused, "tablespaces",
                       where + " has tablespaces, whose folders would be in the way",
                       "Bring it back beside with --into, or use pgbackrest itself.");
    }
    return {};
}

std::string token_of(const Intention& intention, const PostgresArguments& arguments) {
    const PgRestorePlan& plan = intention.plan;
    const std::string all =
        fmt::format("{}|{}|{}|{}|{}|{}|{}", plan.repository_name, plan.backup.label, plan.timeline,
                    arguments.to, intention.target.string(), intention.there.mark,
                    plan.target.kind == Target::Kind::Latest ? plan.log_to.value : 0);
    constexpr std::size_t kTokenBytes = 4;
    const Sha256Sum sum = sha256(as_bytes(all));
    return encode_hex(std::span(sum).first(kTokenBytes));
}

Outcome<std::vector<recovery::PgShelf>> read_shelves(DatabaseBackups& engine, const Output& out) {
    std::vector<recovery::PgShelf> shelves;
    Result<> trouble;
    for (std::size_t i = 0; i < engine.repositories().size(); ++i) {
        auto shelf = run_to_end(recovery::read_shelf(engine, i, true));
        if (shelf) {
            shelves.push_back(*std::move(shelf));
        } else {
            out.line(fmt::format("away           {}: {}", engine.repositories()[i],
                                 shelf.error().message));
            trouble = fail(std::move(shelf).error());
        }
    }
    if (shelves.empty() && !trouble) return tl::unexpected<Failure>(failure_of(trouble.error()));
    return shelves;
}

Outcome<Intention> intention_of(const Invocation& invocation, DatabaseBackups& engine,
                                const PostgresArguments& arguments) {
    recovery::PgWish wish;
    auto target = postgres_target(arguments.to);
    if (!target) return tl::unexpected<Failure>(target.error());
    wish.target = *std::move(target);
    wish.backup = arguments.backup;
    if (!arguments.timeline.empty()) {
        std::uint32_t number = 0;
        const char* const end = arguments.timeline.data() + arguments.timeline.size();
        const auto read = std::from_chars(arguments.timeline.data(), end, number);
        if (read.ec != std::errc() || read.ptr != end || number == 0) {
            return give_up(Exit::Usage, "usage", "--timeline is a number from 1 on", "");
        }
        wish.timeline = number;
    }
    auto shelves = read_shelves(engine, invocation.out);
    if (!shelves) return tl::unexpected<Failure>(shelves.error());
    auto plan = recovery::plan_pg_restore(*shelves, wish);
    if (!plan) return tl::unexpected<Failure>(failure_of(plan.error()));
    Intention intention;
    for (const recovery::PgShelf& each : *shelves) {
        intention.reach.push_back(each.name + " has " +
                                  recovery::describe_windows(recovery::windows_of(each)));
    }
    intention.pasts = recovery::describe_timelines(shelves->front().log);
    intention.plan = *std::move(plan);
    intention.in_place = arguments.in_place;
    intention.target =
        arguments.in_place ? invocation.settings.recovery.pg_data : fs::absolute(arguments.into);
    intention.fresh = intention.target;
    if (arguments.in_place) intention.fresh += ".restoring";
    auto there = recovery::look_at_data_folder(intention.target);
    if (!there) return tl::unexpected<Failure>(failure_of(there.error()));
    intention.there = *std::move(there);
    intention.fetch = arguments.fetch;
    if (const auto fit = look_before(intention); !fit) return tl::unexpected<Failure>(fit.error());
    intention.token = token_of(intention, arguments);
    return intention;
}

void show(const Output& out, const Intention& intention, const std::string& host) {
    const PgRestorePlan& plan = intention.plan;
    out.line("brings back    PostgreSQL as of " + describe(plan.target));
    out.line(fmt::format("from           backup {} in {}, {}, finished {}", plan.backup.label,
                         plan.repository_name, format_size(plan.backup.raw_bytes),
                         format_rfc3339(plan.backup.finished)));
    for (const std::string& each : intention.reach) out.line("can be had     " + each);
    out.line("pasts          " + intention.pasts);
    out.line(fmt::format("replays        the log of timeline {}, which goes to {}{}", plan.timeline,
                         wal::text(plan.log_to),
                         plan.until ? ", at least to " + format_rfc3339(*plan.until) : ""));
    if (const auto clock = recovery::describe_clock(plan.backup.annotations); !clock.empty()) {
        out.line("clock          " + clock);
    }
    if (!plan.is_promised) {
        out.line(
            "not promised   whether the log has that: PostgreSQL will not start if it has not");
    }
    out.line(fmt::format("into           {} on {}", intention.target.string(), host));
    if (intention.in_place && !intention.there.is_free()) {
        out.line(fmt::format(
            "what is there  {}; it is moved aside with its log, and stays until you remove it",
            intention.there.system_id.empty() ? "what is left of a database"
                                              : "database " + intention.there.system_id));
    }
    out.line("archives       nothing, until it was looked at");
}

/// Up to when it has everything for sure; nullopt: nobody knows.
std::optional<WallTime> moment_of(const PgRestorePlan& plan) {
    switch (plan.target.kind) {
        case Target::Kind::Time: return plan.target.time;
        case Target::Kind::Latest: return plan.until;
        case Target::Kind::Immediate: return recovery::whole_from(plan.backup);
        case Target::Kind::Lsn:
        case Target::Kind::Transaction:
        case Target::Kind::Name: break;
    }
    return std::nullopt;
}

/// How long it takes, and what is lost.
void tell_costs(Invocation& invocation, const Intention& intention,
                const PostgresArguments& arguments) {
    tell_expected_time(invocation, arguments.place, "pg");
    if (!intention.in_place) return;
    // What is there may have more of its log than any repository.
    const bool has_more = intention.plan.target.kind == Target::Kind::Latest &&
                          intention.there.state == PgDataFolder::State::Database;
    if (!has_more) return tell_loss(invocation, moment_of(intention.plan), SystemClock().wall());
    invocation.out.line("what is lost   nothing that the log of what is there has");
    invocation.out.set("lost_seconds", nullptr);
}

json::object intent_json(const Intention& intention) {
    const PgRestorePlan& plan = intention.plan;
    return {{"target", describe(plan.target)},
            {"repository", plan.repository_name},
            {"backup", plan.backup.label},
            {"timeline", plan.timeline},
            {"bytes", plan.backup.raw_bytes},
            {"log_to", wal::text(plan.log_to)},
            {"until", plan.until ? json::value(format_rfc3339(*plan.until)) : json::value(nullptr)},
            {"into", intention.target.string()},
            {"token", intention.token}};
}

/// What an earlier run left when it was stopped: it was never a database that could start. Whoever
/// was killed with it may be writing its last file: so the folder gets another name first.
void throw_away_half(const fs::path& fresh) {
    fs::path left = fresh;
    left += "-left";
    std::error_code ignored;
    fs::remove_all(left, ignored);
    fs::rename(fresh, left, ignored);
    fs::remove_all(left, ignored);
}

Outcome<> bring_back(Invocation& invocation, DatabaseBackups& engine, const Intention& intention) {
    SystemClock clock;
    const Instant begun = clock.now();
    const PgRestorePlan& plan = intention.plan;
    if (intention.in_place) throw_away_half(intention.fresh);
    DatabaseBackups::Restoration restoration;
    restoration.repository = plan.repository;
    restoration.label = plan.backup.label;
    restoration.into = intention.fresh;
    restoration.target = plan.target;
    restoration.timeline = plan.timeline;
    restoration.is_own_timeline = plan.timeline == plan.backup.timeline;
    restoration.fetch = intention.fetch;
    const auto restored = run_to_end(engine.restore(std::move(restoration)));
    if (!restored) return tl::unexpected<Failure>(failure_of(restored.error()));
    std::size_t saved = 0;
    fs::path aside;
    if (intention.in_place) {
        if (plan.target.kind == Target::Kind::Latest && !intention.there.is_free()) {
            // Of a piece that has but begun to come, what is there has more.
            const wal::Lsn after = wal::Segment::holding(plan.timeline, plan.log_to).begin();
            const auto log =
                recovery::save_log(intention.target, intention.fresh, plan.timeline, after);
            if (!log) return tl::unexpected<Failure>(failure_of(log.error()));
            saved = *log;
        }
        auto exchanged =
            recovery::exchange_data_folder(intention.fresh, intention.target, clock.wall());
        if (!exchanged) return tl::unexpected<Failure>(failure_of(exchanged.error()));
        aside = *std::move(exchanged);
    }
    const std::chrono::duration<double> took = clock.now() - begun;
    const Output& out = invocation.out;
    out.line(fmt::format("\nbrought back   in {:.1f} s; the log is replayed when it starts",
                         took.count()));
    if (!aside.empty()) out.line("moved aside    " + aside.string());
    if (saved > 0) out.line(fmt::format("log            {} pieces that no repository had", saved));
    out.line("next           start PostgreSQL and look; then, to archive again:");
    out.line("               ALTER SYSTEM RESET archive_mode; restart it; make a full backup");
    invocation.out.set("restored",
                       json::object{{"into", intention.target.string()},
                                    {"moved_aside", aside.empty() ? json::value(nullptr)
                                                                  : json::value(aside.string())},
                                    {"log_saved", saved},
                                    {"seconds", took.count()}});
    return {};
}

/// While nothing of what it reads expires, nor for a day what PostgreSQL then replays.
Outcome<> bring_back_held(Invocation& invocation, DatabaseBackups& engine,
                          const Intention& intention, const PostgresArguments& arguments) {
    PlannedHold hold(invocation, arguments.place, {"pg"});
    auto done = bring_back(invocation, engine, intention);
    if (done) hold.leave_for(RestoreHold::kForReplay);
    return done;
}

Outcome<> restore_with(Invocation& invocation, DatabaseBackups& engine,
                       const PostgresArguments& arguments) {
    const auto intention = intention_of(invocation, engine, arguments);
    if (!intention) return tl::unexpected<Failure>(intention.error());
    show(invocation.out, *intention, invocation.settings.node.name);
    invocation.out.set("intent", intent_json(*intention));
    const bool replaces = arguments.in_place && !intention->there.is_free();
    if (arguments.dry_run) {
        tell_costs(invocation, *intention, arguments);
        if (replaces) invocation.out.line("to do it       --confirm " + intention->token);
        return {};
    }
    if (replaces && arguments.confirmed != intention->token) {
        return give_up(Exit::ConfirmationNeeded, "confirmation_needed",
                       arguments.confirmed.empty()
                           ? "there is a database already: not confirmed"
                           : "things are not as they were when that was shown",
                       "Repeat it with --confirm " + intention->token);
    }
    if (!arguments.in_place) return bring_back_held(invocation, engine, *intention, arguments);
    RestoreNews news(invocation, "pg", intention->target.string());
    return news.ended(bring_back_held(invocation, engine, *intention, arguments));
}

Outcome<> restore_postgres(Invocation& invocation, PostgresArguments arguments) {
    if (arguments.in_place == !arguments.into.empty()) {
        return give_up(Exit::Usage, "usage", "say where: --in-place or --into FOLDER",
                       "--in-place moves what is there aside; --into leaves it alone.");
    }
    auto tools = open_postgres_tools(invocation, arguments.place);
    if (!tools) return tl::unexpected<Failure>(tools.error());
    arguments.fetch = std::move(tools->fetch);
    return restore_with(invocation, *tools->engine, arguments);
}

}  // namespace

Outcome<> bring_back_postgres(Invocation& invocation, const std::string& to,
                              const std::string& timeline) {
    PostgresArguments arguments;
    auto tools = open_postgres_tools(invocation, arguments.place);
    if (!tools) return tl::unexpected<Failure>(tools.error());
    arguments.fetch = std::move(tools->fetch);
    arguments.to = to;
    arguments.timeline = timeline;
    arguments.in_place = true;
    const auto intention = intention_of(invocation, *tools->engine, arguments);
    if (!intention) return tl::unexpected<Failure>(intention.error());
    return bring_back(invocation, *tools->engine, *intention);
}

void add_restore_postgres(CLI::App& restore, Command& chosen) {
    const auto arguments = std::make_shared<PostgresArguments>();
    CLI::App* pg = restore.add_subcommand(
        "pg",
        "PostgreSQL, as of any moment that its backups and its log reach: "
        "docs/recovery/postgres.md. The server must not run. What comes back replays the log when "
        "it is started, takes writes then, and archives nothing until it is told to");
    pg->add_option(
          "--to", arguments->to,
          "latest, immediate, a moment with its zone (2026-11-29T16:00:00Z), lsn:0/5000028, "
          "xid:1234, or name:RESTORE_POINT")
        ->type_name("TARGET");
    pg->add_option("--timeline", arguments->timeline,
                   "The past that is meant, where the database has several")
        ->type_name("NUMBER");
    pg->add_option("--set", arguments->backup,
                   "Begin with this backup, by its id in backup list or by pgBackRest's label")
        ->type_name("ID");
    pg->add_option("--into", arguments->into, "Into this new folder; nothing else is touched")
        ->type_name("FOLDER");
    pg->add_flag("--in-place", arguments->in_place,
                 "In the place of recovery.pg_data, which is moved aside");
    pg->add_option("--cluster", arguments->place.cluster,
                   "Of streamed backups: which installation's, where a repository has several")
        ->type_name("ID");
    pg->add_flag("--dry-run", arguments->dry_run, "Say what would be done, and do nothing");
    pg->add_option("--confirm", arguments->confirmed, "The word that --dry-run shows: do just that")
        ->type_name("TOKEN");
    pg->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return restore_postgres(invocation, *arguments);
        };
    });
}

}  // namespace syncwatch::apps
