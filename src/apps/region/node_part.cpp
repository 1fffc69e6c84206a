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

}  // namespace

std::string node_configuration(const Place& place, unsigned number) {
    const std::string part = fmt::format("node-{}", number);
    return fmt::format(kNodeFile, fmt::arg("port", PortPlan::behind(place.ports.node(number))),
                       fmt::arg("folder", place.of(part).string()),
                       fmt::arg("database", database_url(place, "syncwatch", "syncwatch")),
                       fmt::arg("bus", bus_url(place)), fmt::arg("objects", objects_url(place, 1)),
                       fmt::arg("name", place.name(part)), fmt::arg("turn_1", place.ports.turn(1)),
                       fmt::arg("turn_2", place.ports.turn(2)));
}

Part node_part(const Place& place, unsigned number) {
    const std::uint16_t port = place.ports.node(number);
    Part part;
    part.name = fmt::format("node-{}", number);
    part.what = "SyncWatch";
    part.address = fmt::format("http://127.0.0.1:{}", port);
    part.needs = {"pg-1", "pg-2", "sentinel-1", "sentinel-2", "sentinel-3", "s3-1"};
    part.ports = {PortPlan::behind(port)};
    part.pipes = {{port, PortPlan::behind(port)}};
    part.start = [place, number](Hands& hands) -> Result<> {
        SW_CHECK(check_program(place, hands));
        SW_CHECK(write_secrets(place, hands));
        SW_CHECK(hands.write("syncwatch.toml", node_configuration(place, number)));
        SW_CHECK(wait_for_primary(place, hands));
        return hands.server("server", {place.program, "serve", "--config", "syncwatch.toml"});
    };
    part.look = [port] {
        return get_ok(port, "/health/ready").map([](const std::string&) { return std::string(); });
    };
    return part;
}

}  // namespace syncwatch::lab
