#include <memory>

#include <CLI/CLI.hpp>

#include "apps/command/command.h"
#include "apps/command/config_flags.h"
#include "apps/command/service_process.h"
#include "apps/node/node.h"
#include "apps/node/worker_node.h"

namespace syncwatch::apps {
namespace {

void announce_node(const Invocation& invocation, const Node& node) {
    const Output& out = invocation.out;
    out.line("SyncWatch is at " + url_of(invocation.settings, node.port()));
    if (node.setup_token()) {
        out.line("The first account needs this setup token: " + *node.setup_token());
    }
}

void announce_worker(const Invocation& invocation, const WorkerNode& worker) {
    invocation.out.line("SyncWatch is at " + url_of(invocation.settings, worker.port()) +
                        " as a worker: /health, /metrics");
}

Outcome<> serve(Invocation& invocation) {
    return run_service<Node>(invocation, announce_node);
}

Outcome<> work(Invocation& invocation) {
    return run_service<WorkerNode>(invocation, announce_worker);
}

}  // namespace

void add_serve(CLI::App& app, Command& chosen) {
    CLI::App* command = app.add_subcommand(
        "serve",
        "Serve films and rooms until SIGTERM or SIGINT. With no settings: on 127.0.0.1:8080, with "
        "everything in one folder.");
    const auto on_trial = std::make_shared<bool>(false);
    command
        ->add_flag("--trial", *on_trial,
                   "What was brought back is being tried: change nothing in the object stores")
        ->group("");
    command->footer(settings_help);
    command->callback([&chosen, on_trial] {
        chosen.run = [on_trial](Invocation& invocation) {
            invocation.settings.on_trial = *on_trial;
            return serve(invocation);
        };
    });
}

void add_worker(CLI::App& app, Command& chosen) {
    CLI::App* command = app.add_subcommand(
        "worker",
        "Prepare films for servers that share PostgreSQL, an S3 store and a bus, until SIGTERM or "
        "SIGINT. No rooms, no pages: it answers /health and /metrics. Needs a --data-dir of its "
        "own, and a --listen where another syncwatch runs on the machine.");
    command->footer(settings_help);
    command->callback([&chosen] { chosen.run = work; });
}

}  // namespace syncwatch::apps
