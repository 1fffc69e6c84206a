#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "apps/command/command.h"
#include "apps/command/move.h"
#include "apps/node/powers.h"

namespace syncwatch::apps {
namespace {

Outcome<> migrate(Invocation& invocation) {
    const auto done = migrate_database(invocation.settings);
    if (!done) return tl::unexpected<Failure>(failure_of(done.error()));
    boost::json::array steps;
    for (const std::string& each : done->applied) {
        invocation.out.line("applied " + each);
        steps.emplace_back(each);
    }
    if (done->applied.empty()) {
        invocation.out.line(fmt::format("the schema is up to date ({})", done->version));
    }
    invocation.out.set("applied", std::move(steps));
    invocation.out.set("schema_version", done->version);
    return {};
}

}  // namespace

void add_migrate(CLI::App& app, Command& chosen) {
    CLI::App* command = app.add_subcommand(
        "migrate",
        "Bring the database's schema up to date. Safe to run again, and beside a server; serve "
        "does it by itself when it starts. With --from and --to: move an installation from SQLite "
        "to an empty PostgreSQL database, each row compared with what was kept of it.");
    auto move = std::make_shared<Move>();
    command->add_option("--from", move->from, "What to move: sqlite:FILE. Stays as it is.");
    command->add_option("--to", move->to,
                        "Where to: postgres://USER@HOST/DATABASE, a database without any data. The "
                        "password comes from database.password, or the URL.");
    command->callback([&chosen, move] {
        if (move->from.empty() && move->to.empty()) {
            chosen.run = migrate;
        } else {
            chosen.run = [move](Invocation& invocation) { return run_move(invocation, *move); };
        }
    });
}

}  // namespace syncwatch::apps
