#include <fmt/format.h>

#include "apps/region/hands.h"
#include "apps/region/parts.h"
#include "apps/region/probe.h"

namespace syncwatch::lab {
namespace {

using namespace std::string_view_literals;

/// A STUN binding request (RFC 8489, 5): type, no attributes, magic cookie, transaction.
constexpr std::string_view kBinding = "\x00\x01\x00\x00\x21\x12\xa4\x42syncwatchlab"sv;
constexpr std::string_view kBound = "\x01\x01"sv;

}  // namespace

std::string turn_configuration(const Place& place, unsigned number, const std::string& secret) {
    const std::string folder = place.of(fmt::format("turn-{}", number)).string();
    return fmt::format(
        "listening-ip=127.0.0.1\nrelay-ip=127.0.0.1\nlistening-port={0}\n"
        "min-port={1}\nmax-port={2}\nrealm={3}.lab.test\n"
        "use-auth-secret\nstatic-auth-secret={4}\nfingerprint\nallow-loopback-peers\n"
        "no-tls\nno-dtls\nno-cli\nno-rfc5780\nno-software-attribute\n"
        "pidfile={5}/turnserver.pid\nlog-file={5}/turn.log\nsimple-log\nuserdb={5}/turndb\n",
        place.ports.turn(number), place.ports.turn_first(number),
        place.ports.turn_first(number) + PortPlan::kRelayPorts - 1, place.options.region, secret,
        folder);
}

Part turn_part(const Place& place, unsigned number, const std::string& secret) {
    const std::uint16_t port = place.ports.turn(number);
    Part part;
    part.name = fmt::format("turn-{}", number);
    part.what = "coturn: voices";
    part.address = fmt::format("turn:127.0.0.1:{}", port);
    part.ports = {port};
    part.why_no_door = "voices travel by UDP, and the lab's doors pass on TCP alone";
    part.start = [text = turn_configuration(place, number, secret)](Hands& hands) -> Result<> {
        SW_CHECK(hands.write("turn.conf", text));
        return hands.server("server", {"turnserver", "-c", "turn.conf"});
    };
    part.look = [port]() -> Result<std::string> {
        const auto enough = [](std::string_view answer) { return answer.size() >= kBound.size(); };
        SW_TRY(const std::string said, ask(port, kBinding, enough));
        if (said.starts_with(kBound)) return std::string();
        return fail(ErrorCode::Unavailable, "it does not answer in STUN");
    };
    return part;
}

}  // namespace syncwatch::lab
