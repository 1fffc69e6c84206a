#include <fmt/format.h>

#include "apps/lab/postgres_server.h"
#include "apps/lab/wait.h"
#include "apps/region/hands.h"
#include "apps/region/parts.h"
#include "apps/region/probe.h"

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;

constexpr auto kPrimaryWithin = 60s;

constexpr std::string_view kNodeFile = R"([server]
listen = "127.0.0.1:{port}"
trusted_proxies = ["127.0.0.1"]
[data]
dir = "{folder}/data"
[database]
url = "{database}"
[bus]
url = "{bus}"
[objects]
url = "{objects}"
credentials_file = "{folder}/s3-credentials"
second = "{second}"
second_credentials_file = "{folder}/s3-credentials"
[media]
work = {work}
[node]
name = "{name}"
[ice]
servers = ["turn:127.0.0.1:{turn_1}", "turn:127.0.0.1:{turn_2}"]
turn_secret_file = "{folder}/turn-secret"
[log]
format = "json"
)";

/// A node ends when it finds nobody who takes writes at its start.
Result<> wait_for_primary(const Place& place, const Hands& hands) {
    SW_TRY(const auto programs, postgres_programs());
    const std::string url = database_url(place, "syncwatch", "syncwatch") +
                            "?target_session_attrs=read-write&connect_timeout=2";
    Result<> found;
    const auto there = [&] {
        found = hands.tool({programs / "psql", "-X", "-q", "-c", "SELECT 1", url});
        return found.has_value();
    };
    (void)wait_until(there, kPrimaryWithin, 200ms);
    return found;
}

/// It may lie where only its owner may go.
Result<> check_program(const Place& place, const Hands& hands) {
    if (hands.tool({place.program, "--version"})) return {};
    return fail(ErrorCode::Forbidden,
                fmt::format("{} cannot be run by whom servers run as", place.program.string()));
}

Result<> write_secrets(const Place& place, const Hands& hands) {
    SW_TRY(const std::string keys, objects_credentials(place));
    SW_TRY(const std::string turn, place.secret("turn"));
    SW_CHECK(hands.write("s3-credentials", keys));
    return hands.write("turn-secret", turn + "\n");
}

/// Of a node or a worker.
std::string configuration(const Place& place, const std::string& part, std::uint16_t port) {
    // Nodes leave films to workers where there are any.
    return fmt::format(
        kNodeFile, fmt::arg("port", PortPlan::behind(port)),
        fmt::arg("work", place.options.workers == 0), fmt::arg("folder", place.of(part).string()),
        fmt::arg("database", database_url(place, "syncwatch", "syncwatch")),
        fmt::arg("bus", bus_url(place)), fmt::arg("objects", objects_url(place, 1)),
        fmt::arg("second", objects_url(place, 2)), fmt::arg("name", place.name(part)),
        fmt::arg("turn_1", place.ports.turn(1)), fmt::arg("turn_2", place.ports.turn(2)));
}

/// One process of ours. `command`: what it is to do.
Part service_part(const Place& place, const std::string& name, std::uint16_t port,
                  const std::string& command) {
    Part part;
    part.name = name;
    part.address = fmt::format("http://127.0.0.1:{}", port);
    part.needs = {"pg-1", "pg-2", "sentinel-1", "sentinel-2", "sentinel-3", "s3-1", "s3-2"};
    part.ports = {PortPlan::behind(port)};
    part.pipes = {{port, PortPlan::behind(port)}};
    part.start = [place, name, port, command](Hands& hands) -> Result<> {
        SW_CHECK(check_program(place, hands));
        SW_CHECK(write_secrets(place, hands));
        SW_CHECK(hands.write("syncwatch.toml", configuration(place, name, port)));
        SW_CHECK(wait_for_primary(place, hands));
        return hands.server("server", {place.program, command, "--config", "syncwatch.toml"});
    };
    part.look = [port] {
        return get_ok(port, "/health/ready").map([](const std::string&) { return std::string(); });
    };
    return part;
}

std::string node_name(unsigned number) {
    return fmt::format("node-{}", number);
}

}  // namespace

std::string node_configuration(const Place& place, unsigned number) {
    return configuration(place, node_name(number), place.ports.node(number));
}

Part node_part(const Place& place, unsigned number) {
    Part part = service_part(place, node_name(number), place.ports.node(number), "serve");
    part.what = "SyncWatch";
    return part;
}

Part worker_part(const Place& place, unsigned number) {
    Part part =
        service_part(place, fmt::format("worker-{}", number), place.ports.worker(number), "worker");
    part.what = "SyncWatch, preparing films";
    return part;
}

}  // namespace syncwatch::lab
