#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "adapters/s3/http_client.h"
#include "apps/command/command.h"
#include "apps/command/table.h"
#include "base/async/run_to_end.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

struct HealthArguments {
    std::string url;
    std::string ca_file;
};

/// Where this installation answers: as its users see it, or else on this machine.
std::string own_address(const config::Settings& settings) {
    if (!settings.server.public_url.empty()) return settings.server.public_url;
    std::string host = settings.server.address;
    if (host == "0.0.0.0" || host == "::") host = "127.0.0.1";
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    const char* const scheme = settings.tls.on() ? "https" : "http";
    return fmt::format("{}://{}:{}", scheme, host, settings.server.port);
}

Outcome<s3::HttpAnswer> ask(const std::string& url, const std::string& ca_file) {
    s3::HttpClient::Options options;
    options.ca_file = ca_file;
    s3::HttpClient client(std::move(options));
    s3::HttpRequest request;
    request.method = "GET";
    request.url = url;
    request.patience = 10s;
    auto answer = run_to_end(client.perform(std::move(request)));
    if (answer.outcome == s3::HttpAnswer::Outcome::Answered) return answer;
    return give_up(Exit::Unreachable, "unreachable",
                   fmt::format("{} does not answer: {}", url, answer.trouble),
                   "Look whether the server runs: systemctl status syncwatch, or its log.");
}

std::string field(const json::object& of, std::string_view name) {
    const auto* const value = of.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::vector<std::vector<std::string>> rows_of(const json::object& health) {
    std::vector<std::vector<std::string>> rows;
    const auto* const components = health.if_contains("components");
    if (components == nullptr || !components->is_object()) return rows;
    for (const auto& [name, each] : components->get_object()) {
        if (!each.is_object()) continue;
        rows.push_back({std::string(name), field(each.get_object(), "status"),
                        field(each.get_object(), "detail")});
    }
    return rows;
}

Outcome<> show_health(Invocation& invocation, const HealthArguments& arguments) {
    const std::string base =
        arguments.url.empty() ? own_address(invocation.settings) : arguments.url;
    const auto answer = ask(base + "/health", arguments.ca_file);
    if (!answer) return tl::unexpected<Failure>(answer.error());
    boost::system::error_code wrong;
    const auto body = json::parse(answer->body, wrong);
    const bool is_health = !wrong && body.is_object() && body.get_object().contains("components");
    if (!is_health) {
        return give_up(
            Exit::Unreachable, "not_syncwatch",
            fmt::format("{} answers {}, and not as SyncWatch does", base, answer->status),
            "Name it with --url, as in --url https://watch.example.");
    }
    const json::object& health = body.get_object();
    const std::string status = field(health, "status");
    invocation.out.line(fmt::format("{}, {} {}: {}\n", base, field(health, "node"),
                                    field(health, "version"), status));
    invocation.out.line(table({"COMPONENT", "STATE", ""}, rows_of(health)));
    invocation.out.set("url", json::string(base));
    invocation.out.set("health", health);
    if (status == "ok") return {};
    const bool is_degraded = status == "degraded";
    return give_up(is_degraded ? Exit::Partial : Exit::Unreachable, status,
                   "the server is " + (status.empty() ? "in a state that is not known" : status),
                   "What is not ok stands above; docs/alerts.md says what to do about each.");
}

}  // namespace

void add_health(CLI::App& app, Command& chosen) {
    const auto arguments = std::make_shared<HealthArguments>();
    CLI::App* health = app.add_subcommand(
        "health",
        "Ask a running server how it and everything that it depends on does. Ends with 0 when all "
        "is well, 7 when it is degraded, 4 when it is down or does not answer");
    health->add_option("--url", arguments->url, "This server, not the one of this machine")
        ->type_name("URL");
    health
        ->add_option("--ca-file", arguments->ca_file,
                     "Whom to trust, as PEM; or whom the system does")
        ->type_name("FILE");
    health->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return show_health(invocation, *arguments);
        };
    });
}

}  // namespace syncwatch::apps
