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
#include "recovery/postgres/gaps.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using Server = DatabaseBackups::Server;

/// What the server was told is stored may be on its way for so long.
constexpr auto kOnItsWay = 3s;

struct Gaps {
    Result<Server> server;
    Result<recovery::PgShelf> shelf;
    std::vector<std::string> words;
};

/// Of one repository. Where the server does not answer, what its log misses in the middle.
Gaps look_once(DatabaseBackups& engine, std::size_t repository) {
    Gaps gaps{run_to_end(engine.server()),
              run_to_end(recovery::read_shelf(engine, repository, false)),
              {}};
    if (!gaps.shelf) return gaps;
    if (gaps.server) {
        gaps.words = recovery::archive_gaps(*gaps.server, *gaps.shelf);
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

Gaps look_at(DatabaseBackups& engine, std::size_t repository) {
    Gaps gaps = look_once(engine, repository);
    if (gaps.words.empty()) return gaps;
    (void)run_to_end(wait_for_what_is_on_its_way());
    return look_once(engine, repository);
}

json::object repository_json(const std::string& name, const Gaps& gaps) {
    json::object out{{"repository", name}, {"reachable", gaps.shelf.has_value()}};
    json::array words;
    for (const std::string& each : gaps.words) words.emplace_back(each);
    out["gaps"] = std::move(words);
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

Outcome<> tell_gaps(Invocation& invocation) {
    auto plan = load_plan(invocation.settings.recovery.plan);
    if (!plan) return tl::unexpected<Failure>(failure_of(plan.error()));
    auto options = pgbackrest_options(invocation.settings, *plan);
    if (!options) return tl::unexpected<Failure>(failure_of(options.error()));
    pgbackrest::PgBackRestBackups engine(*std::move(options));
    const Output& out = invocation.out;
    json::array repositories;
    std::size_t gaps = 0;
    std::size_t away = 0;
    std::string server_away;
    for (std::size_t i = 0; i < engine.repositories().size(); ++i) {
        const Gaps found = look_at(engine, i);
        show(out, engine.repositories()[i], found);
        repositories.push_back(repository_json(engine.repositories()[i], found));
        gaps += found.words.size();
        if (!found.shelf) ++away;
        if (!found.server) server_away = found.server.error().message;
    }
    invocation.out.set("repositories", std::move(repositories));
    if (!server_away.empty()) out.line("server   away: " + server_away);
    if (gaps > 0) {
        return give_up(
            Exit::VerificationFailed, "log_has_gaps",
            fmt::format("the log of PostgreSQL has {} gaps in its backups", gaps),
            "Moments after a gap come back from later backups alone: make a full one now, "
            "syncwatch backup run --component pg --kind full");
    }
    if (away > 0 || !server_away.empty()) {
        return give_up(Exit::Unreachable, "unavailable", "not everything could be looked at",
                       "What is away is named above.");
    }
    out.line("no gaps: what PostgreSQL archived is in every repository");
    return {};
}

}  // namespace

void add_backup_gaps(CLI::App& backup, Command& chosen) {
    CLI::App* command = backup.add_subcommand(
        "gaps",
        "Hold what PostgreSQL says it archived against what each repository has of its log. Ends "
        "with 5 where something is missing, with 4 where somebody does not answer");
    command->callback([&chosen] { chosen.run = tell_gaps; });
}

}  // namespace syncwatch::apps
