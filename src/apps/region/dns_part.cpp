#include <fmt/format.h>

#include "apps/region/hands.h"
#include "apps/region/parts.h"
#include "apps/region/probe.h"

namespace syncwatch::lab {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr std::string_view kKnotFile = R"(server:
  rundir: {folder}/run
  listen: 127.0.0.1@{port}
log:
  - target: stderr
    any: info
database:
  storage: {folder}/db
key:
  - id: lab
    algorithm: hmac-sha256
    secret: {key}
acl:
  - id: update
    key: lab
    action: update
zone:
  - domain: {zone}
    storage: {folder}/zones
    file: {zone}.zone
    acl: update
    zonefile-sync: -1
)";

/// Names live for five seconds: who moves a site is followed soon.
std::string zone_text(const std::string& zone) {
    return fmt::format(
        "$ORIGIN {}.\n$TTL 5\n@ SOA ns admin 1 60 30 600 5\n@ NS ns\nns A 127.0.0.1\n"
        "app A 127.0.0.1\n",
        zone);
}

/// Who is responsible for the zone (RFC 1035, 4.1), as it goes over TCP: its length first.
std::string question_for(const std::string& zone) {
    std::string out = "\x53\x57\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"s;
    std::string label;
    for (const char c : zone + ".") {
        if (c != '.') {
            label += c;
            continue;
        }
        out += static_cast<char>(label.size());
        out += label;
        label.clear();
    }
    out += "\x00\x00\x06\x00\x01"sv;
    const std::string length{static_cast<char>(out.size() >> 8), static_cast<char>(out.size())};
    return length + out;
}

}  // namespace

std::string dns_zone_name(const Place& place) {
    return fmt::format("{}.lab.test", place.options.region);
}

std::string dns_configuration(const Place& place, const std::string& key) {
    return fmt::format(kKnotFile, fmt::arg("folder", place.of("dns").string()),
                       fmt::arg("port", place.ports.dns()), fmt::arg("key", key),
                       fmt::arg("zone", dns_zone_name(place)));
}

Part dns_part(const Place& place, const std::string& key) {
    const std::uint16_t port = place.ports.dns();
    const std::string zone = dns_zone_name(place);
    Part part;
    part.name = "dns";
    part.what = "knot: names in " + zone;
    part.address = fmt::format("127.0.0.1:{} (DNS)", port);
    part.ports = {port};
    part.why_no_door = "names are asked for by UDP, and the lab's doors pass on TCP alone";
    part.start = [text = dns_configuration(place, key), zone](Hands& hands) -> Result<> {
        for (const char* each : {"run", "db", "zones"}) {
            std::error_code failed;
            std::filesystem::create_directories(hands.folder() / each, failed);
            SW_CHECK(hand_over(hands.folder() / each));
        }
        // A knot that was killed keeps its number until somebody reaps it, and the next one takes
        // it for another that runs. Nobody of ours does by now.
        std::error_code absent;
        std::filesystem::remove(hands.folder() / "run" / "knot.pid", absent);
        // Updates live in the database beside it, and start from this.
        const std::string file = "zones/" + zone + ".zone";
        if (!hands.has(file)) SW_CHECK(hands.write(file, zone_text(zone)));
        SW_CHECK(hands.write("knot.conf", text));
        return hands.server("server", {"knotd", "-c", hands.folder() / "knot.conf"});
    };
    part.look = [port, question = question_for(zone)]() -> Result<std::string> {
        constexpr std::size_t kHead = 14;
        const auto enough = [](std::string_view answer) { return answer.size() >= kHead; };
        SW_TRY(const std::string said, ask(port, question, enough));
        // No error, and at least one record in the answer.
        const bool good = said.size() >= kHead && (said[5] & 0x0f) == 0 && said[9] != 0;
        if (good) return std::string();
        return fail(ErrorCode::Unavailable, "it does not know its zone");
    };
    return part;
}

}  // namespace syncwatch::lab
