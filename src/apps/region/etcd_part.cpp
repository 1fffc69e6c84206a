#include <fmt/format.h>

#include "apps/region/hands.h"
#include "apps/region/parts.h"
#include "apps/region/probe.h"

namespace syncwatch::lab {
namespace {

std::string peers(const Place& place) {
    std::string out;
    for (unsigned each = 1; each <= 3; ++each) {
        out += fmt::format("{}{}=http://127.0.0.1:{}", out.empty() ? "" : ",",
                           place.name(fmt::format("etcd-{}", each)), place.ports.etcd_peer(each));
    }
    return out;
}

}  // namespace

/// enable-v2: Debian's etcd 3.4 answers 404 to the JSON form of v3 that Patroni speaks otherwise.
/// Nothing waits for the disk: a lab's power does not fail.
std::string etcd_configuration(const Place& place, unsigned number) {
    const std::uint16_t port = place.ports.etcd(number);
    const std::uint16_t peer = place.ports.etcd_peer(number);
    const std::string part = fmt::format("etcd-{}", number);
    return fmt::format(
        "name: {0}\n"
        "data-dir: {1}/data\n"
        "listen-client-urls: http://127.0.0.1:{2}\n"
        "advertise-client-urls: http://127.0.0.1:{3}\n"
        "listen-peer-urls: http://127.0.0.1:{4}\n"
        "initial-advertise-peer-urls: http://127.0.0.1:{5}\n"
        "initial-cluster: {6}\n"
        "initial-cluster-token: lab-{7}\n"
        "initial-cluster-state: new\n"
        "enable-v2: true\n"
        "unsafe-no-fsync: true\n"
        "logger: zap\n"
        "log-level: warn\n",
        place.name(part), place.of(part).string(), PortPlan::behind(port), port,
        PortPlan::behind(peer), peer, peers(place), place.options.region);
}

Part etcd_part(const Place& place, unsigned number) {
    const std::uint16_t port = place.ports.etcd(number);
    const std::uint16_t peer = place.ports.etcd_peer(number);
    Part part;
    part.name = fmt::format("etcd-{}", number);
    part.what = "etcd: who leads PostgreSQL";
    part.address = fmt::format("http://127.0.0.1:{}", port);
    part.ports = {PortPlan::behind(port), PortPlan::behind(peer)};
    // The last of three would look for seven seconds for somebody to lead instead.
    part.ends_within = std::chrono::seconds(1);
    part.pipes = {{port, PortPlan::behind(port)}, {peer, PortPlan::behind(peer)}};
    part.start = [text = etcd_configuration(place, number)](Hands& hands) -> Result<> {
        SW_CHECK(hands.write("etcd.yml", text));
        return hands.server("server", {"etcd", "--config-file", "etcd.yml"});
    };
    part.look = [port]() -> Result<std::string> {
        SW_TRY(const std::string said, get_ok(port, "/health"));
        if (said.find("\"true\"") != std::string::npos) return std::string();
        return fail(ErrorCode::Unavailable, "it has no majority");
    };
    return part;
}

}  // namespace syncwatch::lab
