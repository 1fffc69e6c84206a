#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "adapters/pgbackrest/pgbackrest_backups.h"
#include "adapters/system/system_clock.h"
#include "apps/backup/postgres_engine.h"
#include "apps/command/backup_commands.h"
#include "apps/command/backup_place.h"
#include "apps/command/command.h"
#include "apps/plan/plan_source.h"
#include "base/async/run_to_end.h"
#include "base/quantity.h"
#include "recovery/postgres/gaps.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using Server = DatabaseBackups::Server;

/// A piece of the log is on its way after so long at most.
constexpr auto kLogBehind = 60s;
/// What the server was told is stored may be on its way for so long.
constexpr auto kOnItsWay = 3s;

struct Gaps {
    Result<Server> server;
    Result<recovery::PgShelf> shelf;
    std::vector<std::string> words;
    std::string anothers;  ///< A piece of the log that another server archived; empty: none.
};

/// Of one repository. Where the server does not answer, what its log misses in the middle.
Gaps look_once(pgbackrest::PgBackRestBackups& engine, std::size_t repository) {
    Gaps gaps{run_to_end(engine.server()),
              run_to_end(recovery::read_shelf(engine, repository, false)),
              {},
              {}};
    if (!gaps.shelf) return gaps;
    if (gaps.server) {
        gaps.words = recovery::archive_gaps(*gaps.server, *gaps.shelf);
        // One that was taken over from another server's may have been called archived.
        for (const std::string& each : {gaps.server->last_failed, gaps.server->last_archived}) {
            if (!wal::Segment::parse(each)) continue;
            const auto forked = run_to_end(engine.is_anothers(repository, each));
            if (forked && *forked) gaps.anothers = each;
        }
        return gaps;
    }
    for (const std::string& each : recovery::holes_in(gaps.shelf->log)) {
        gaps.words.push_back(each + " is missing in the middle of the log");
    }
    return gaps;
}

Async<> wait_for_what_is_on_its_way() {
    SystemClock clock;
    co_await clock.sleep_until(clock.now() + kOnItsWay);
    co_return Result<>();
}

Gaps look_at(pgbackrest::PgBackRestBackups& engine, std::size_t repository) {
    Gaps gaps = look_once(engine, repository);
    if (gaps.words.empty() || !gaps.anothers.empty()) return gaps;
    (void)run_to_end(wait_for_what_is_on_its_way());
    return look_once(engine, repository);
}

json::object repository_json(const std::string& name, const Gaps& gaps) {
    json::object out{{"repository", name}, {"reachable", gaps.shelf.has_value()}};
    json::array words;
    for (const std::string& each : gaps.words) words.emplace_back(each);
    out["gaps"] = std::move(words);
    out["anothers"] = gaps.anothers.empty() ? json::value(nullptr) : json::value(gaps.anothers);
    json::array timelines;
    if (gaps.shelf) {
        for (const auto& each : gaps.shelf->log) {
            if (each.held.empty()) continue;
            timelines.push_back(json::object{{"timeline", each.number},
                                             {"from", wal::text(each.held.front().from)},
                                             {"to", wal::text(each.held.back().to)}});
        }
    }
    out["timelines"] = std::move(timelines);
    return out;
}

void show(const Output& out, const std::string& name, const Gaps& gaps) {
    if (!gaps.shelf) {
        out.line(fmt::format("{:8} away: {}", name, gaps.shelf.error().message));
        return;
    }
    for (const auto& each : gaps.shelf->log) {
        if (each.held.empty()) continue;
        out.line(fmt::format("{:8} timeline {}: {} to {}", name, each.number,
                             wal::text(each.held.front().from), wal::text(each.held.back().to)));
    }
    for (const std::string& each : gaps.words) out.line(fmt::format("{:8} GAP {}", name, each));
}

/// Of all repositories together.
struct Seen {
    std::size_t gaps = 0;
    bool is_away = false;
    std::string server_away;
    std::string anothers;
    std::chrono::seconds archive_timeout{kLogBehind};
};

/// No gap, and yet more is lost than `plan lint` reckons with: a server at rest fills no piece.
void tell_timeout(Output& out, std::chrono::seconds timeout) {
    out.set("archive_timeout_seconds", timeout.count());
    if (timeout > 0s && timeout <= kLogBehind) return;
    out.line(fmt::format(
        "server   archive_timeout is {}: what a server at rest wrote last may wait that long. "
        "ALTER SYSTEM SET archive_timeout = 50, then SELECT pg_reload_conf()",
        timeout == 0s ? "off" : format_span(static_cast<double>(timeout.count()))));
}

Outcome<> judge(const Seen& seen) {
    if (!seen.anothers.empty()) {
        const Error error{ErrorCode::Conflict,
                          seen.anothers + ": two servers archive there, a copy or an older state",
                          "log_differs"};
        return tl::unexpected<Failure>(failure_of(error));
    }
    if (seen.gaps > 0) {
        return give_up(
            Exit::VerificationFailed, "log_has_gaps",
            fmt::format("the log of PostgreSQL has {} gaps in its backups", seen.gaps),
            "Moments after a gap come back from later backups alone: make a full one now, "
            "syncwatch backup run --component pg --kind full");
    }
    if (!seen.is_away && seen.server_away.empty()) return {};
    return give_up(Exit::Unreachable, "unavailable", "not everything could be looked at",
                   "What is away is named above.");
}

Outcome<> tell_gaps(Invocation& invocation) {
    if (invocation.settings.recovery.pg_mode == config::PgMode::Stream) {
        return give_up(Exit::Refused, "streamed",
                       "PostgreSQL archives nothing here: its log is streamed (recovery.pg_mode)",
                       "syncwatch status says how the stream goes, syncwatch backup verify "
                       "--component pg looks for holes.");
    }
    auto plan = load_plan(invocation.settings.recovery.plan);
    if (!plan) return tl::unexpected<Failure>(failure_of(plan.error()));
    auto options = pgbackrest_options(invocation.settings, *plan);
    if (!options) return tl::unexpected<Failure>(failure_of(options.error()));
    pgbackrest::PgBackRestBackups engine(*std::move(options));
    const Output& out = invocation.out;
    json::array repositories;
    Seen seen;
    for (std::size_t i = 0; i < engine.repositories().size(); ++i) {
        const std::string& name = engine.repositories()[i];
        const Gaps found = look_at(engine, i);
        show(out, name, found);
        repositories.push_back(repository_json(name, found));
        seen.gaps += found.words.size();
        seen.is_away = seen.is_away || !found.shelf;
        if (!found.server) seen.server_away = found.server.error().message;
        if (found.server) seen.archive_timeout = found.server->archive_timeout;
        if (found.anothers.empty()) continue;
        seen.anothers =
            fmt::format("{} in {} is not the one that this server has", found.anothers, name);
    }
    invocation.out.set("repositories", std::move(repositories));
    if (!seen.server_away.empty()) out.line("server   away: " + seen.server_away);
    tell_timeout(invocation.out, seen.archive_timeout);
    const auto judged = judge(seen);
    if (judged) out.line("no gaps: what PostgreSQL archived is in every repository");
    return judged;
}

}  // namespace

void add_backup_gaps(CLI::App& backup, Command& chosen) {
    CLI::App* command = backup.add_subcommand(
        "gaps",
        "Hold what PostgreSQL says it archived against what each repository has of its log. Ends "
        "with 5 where something is missing, with 13 where another server archives there, with 4 "
        "where somebody does not answer");
    command->callback([&chosen] { chosen.run = tell_gaps; });
}

}  // namespace syncwatch::apps
