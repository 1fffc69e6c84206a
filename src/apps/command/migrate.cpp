#include "adapters/sqlite/migrate.h"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "apps/command/command.h"
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
        "does it by itself when it starts.");
    command->callback([&chosen] { chosen.run = migrate; });
}

}  // namespace syncwatch::apps
