#include <fmt/format.h>

#include "apps/region/hands.h"
#include "apps/region/parts.h"
#include "apps/region/probe.h"

namespace syncwatch::lab {

std::string site_configuration(const Place& place) {
    std::string out = fmt::format(
        "global\n    maxconn 4000\n    nbthread 1\n"
        "defaults\n    mode http\n    option forwardfor\n    option redispatch\n    retries 2\n"
        "    timeout connect 2s\n    timeout client 60s\n    timeout server 60s\n"
        "    timeout tunnel 24h\n    timeout check 2s\n"
        "frontend site\n    bind 127.0.0.1:{}\n    default_backend nodes\n"
        "frontend stats\n    bind 127.0.0.1:{}\n    stats enable\n    stats uri /\n"
        "    stats refresh 2s\n"
        "backend nodes\n    balance leastconn\n    option httpchk GET /health/ready\n"
        "    default-server inter 1s fastinter 500ms fall 2 rise 1 on-marked-down "
        "shutdown-sessions\n",
        place.ports.site(), place.ports.site_stats());
    for (unsigned each = 1; each <= place.options.nodes; ++each) {
        out += fmt::format("    server node-{} 127.0.0.1:{} check\n", each, place.ports.node(each));
    }
    return out;
}

bool site_uses(const Place& place, const std::string& node) {
    const auto facts = get_ok(place.ports.site_stats(), "/;csv");
    if (!facts) return false;
    const std::size_t line = facts->find("\nnodes," + node + ",");
    if (line == std::string::npos) return false;
    return facts->substr(line + 1, facts->find('\n', line + 1) - line).find(",UP,") !=
           std::string::npos;
}

Part site_part(const Place& place) {
    const std::uint16_t port = place.ports.site();
    Part part;
    part.name = "site";
    part.what = "HAProxy: the way in";
    part.address = fmt::format("http://127.0.0.1:{}, facts: {}", port, place.ports.site_stats());
    for (unsigned each = 1; each <= place.options.nodes; ++each) {
        part.needs.push_back(fmt::format("node-{}", each));
    }
    part.ports = {port, place.ports.site_stats()};
    part.why_no_door = "it is where people come in; cut off what is behind it";
    part.start = [text = site_configuration(place)](Hands& hands) -> Result<> {
        SW_CHECK(hands.write("haproxy.cfg", text));
        return hands.server("server", {"haproxy", "-db", "-f", "haproxy.cfg"});
    };
    part.look = [port] {
        return get_ok(port, "/health/ready").map([](const std::string&) { return std::string(); });
    };
    return part;
}

}  // namespace syncwatch::lab
