#include <algorithm>
#include <cstdlib>
#include <sstream>

#include <fmt/format.h>

#include "apps/lab/wait.h"
#include "apps/region/hands.h"
#include "apps/region/parts.h"
#include "apps/region/probe.h"

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;

/// Sentinels ask a master for its replicas every ten seconds.
constexpr auto kFoundWithin = 30s;

/// What Redis answers to one command, whole or the beginning of it.
Result<std::string> ask_redis(std::uint16_t port, const std::string& command) {
    const auto enough = [](std::string_view answer) {
        if (answer.starts_with('*')) return std::ranges::count(answer, '\n') >= 5;
        if (!answer.starts_with('$')) return answer.find("\r\n") != std::string_view::npos;
        // A long text says how long it is, and ends with an empty line.
        return answer.ends_with("\r\n\r\n");
    };
    SW_TRY(std::string answer, ask(port, command + "\r\n", enough));
    if (answer.starts_with('-')) {
        return fail(ErrorCode::Unavailable, answer.substr(1, answer.find('\r') - 1));
    }
    return answer;
}

std::string field(const std::string& info, const std::string& name) {
    const std::size_t at = info.find("\n" + name + ":");
    if (at == std::string::npos) return {};
    const std::size_t from = at + name.size() + 2;
    return info.substr(from, info.find('\r', from) - from);
}

Result<std::string> redis_role(std::uint16_t port) {
    SW_TRY(const std::string info, ask_redis(port, "INFO replication"));
    if (field(info, "role") == "master") return "master";
    if (field(info, "master_link_status") == "up") return "replica";
    return fail(ErrorCode::Unavailable, "a replica without its master");
}

/// Whom a Sentinel takes for the master, by its port; 0: none answers.
std::uint16_t known_master(const Place& place) {
    for (unsigned each = 1; each <= 3; ++each) {
        const auto said =
            ask_redis(place.ports.sentinel(each),
                      fmt::format("SENTINEL get-master-addr-by-name lab-{}", place.options.region));
        if (!said) continue;
        // *2, the address with its length before it, the port with its length before it.
        std::istringstream lines(*said);
        std::string line;
        for (int i = 0; i < 5; ++i) std::getline(lines, line);
        return static_cast<std::uint16_t>(std::atoi(line.c_str()));
    }
    return 0;
}

std::string master_of(const Place& place) {
    return fmt::format("lab-{}", place.options.region);
}

/// A server rewrites its file when its role changes: it is made once.
Result<> start_redis(Hands& hands, const std::string& text, std::vector<std::string> more) {
    if (!hands.has("redis.conf")) SW_CHECK(hands.write("redis.conf", text));
    std::vector<std::string> command{"redis-server", hands.folder() / "redis.conf"};
    command.insert(command.end(), more.begin(), more.end());
    return hands.server("server", command);
}

}  // namespace

std::string redis_configuration(const Place& place, unsigned number) {
    const std::uint16_t port = place.ports.redis(number);
    std::string out = fmt::format(
        "bind 127.0.0.1\nprotected-mode no\nport {}\ndir {}\n"
        "replica-announce-ip 127.0.0.1\nreplica-announce-port {}\n"
        "save \"\"\nappendonly no\nrepl-diskless-sync yes\nrepl-diskless-sync-delay 0\n",
        PortPlan::behind(port), place.of(fmt::format("redis-{}", number)).string(), port);
    if (number > 1) out += fmt::format("replicaof 127.0.0.1 {}\n", place.ports.redis(1));
    return out;
}

std::string sentinel_configuration(const Place& place, unsigned number) {
    const std::uint16_t port = place.ports.sentinel(number);
    return fmt::format(
        "bind 127.0.0.1\nprotected-mode no\nport {0}\ndir {1}\n"
        "sentinel announce-ip 127.0.0.1\nsentinel announce-port {2}\n"
        "sentinel monitor {3} 127.0.0.1 {4} 2\n"
        "sentinel down-after-milliseconds {3} 1000\n"
        "sentinel failover-timeout {3} 10000\n"
        "sentinel parallel-syncs {3} 1\n",
        PortPlan::behind(port), place.of(fmt::format("sentinel-{}", number)).string(), port,
        master_of(place), place.ports.redis(1));
}

std::string bus_url(const Place& place) {
    std::string hosts;
    for (unsigned each = 1; each <= 3; ++each) {
        hosts +=
            fmt::format("{}127.0.0.1:{}", hosts.empty() ? "" : ",", place.ports.sentinel(each));
    }
    return fmt::format("sentinel://{}/{}", hosts, master_of(place));
}

Part redis_part(const Place& place, unsigned number) {
    const std::uint16_t port = place.ports.redis(number);
    Part part;
    part.name = fmt::format("redis-{}", number);
    part.what = "Redis";
    part.address = fmt::format("redis://127.0.0.1:{}", port);
    part.ports = {PortPlan::behind(port)};
    part.pipes = {{port, PortPlan::behind(port)}};
    part.start = [text = redis_configuration(place, number)](Hands& hands) {
        return start_redis(hands, text, {});
    };
    part.look = [port] { return redis_role(port); };
    part.settle = [place, port](Hands&) -> Result<> {
        // A former master comes back as one, until the Sentinels tell it who is.
        const auto agreed = [&] {
            const std::uint16_t master = known_master(place);
            return master == 0 || redis_role(port) == (master == port ? "master" : "replica");
        };
        if (wait_until(agreed, kFoundWithin, 100ms)) return {};
        return fail(ErrorCode::Timeout, "its role is not what the Sentinels say");
    };
    return part;
}

Part sentinel_part(const Place& place, unsigned number) {
    const std::uint16_t port = place.ports.sentinel(number);
    Part part;
    part.name = fmt::format("sentinel-{}", number);
    part.what = "Sentinel: who is Redis' master";
    part.address = fmt::format("redis://127.0.0.1:{}", port);
    part.needs = {"redis-1", "redis-2"};
    part.ports = {PortPlan::behind(port)};
    part.pipes = {{port, PortPlan::behind(port)}};
    part.start = [text = sentinel_configuration(place, number)](Hands& hands) {
        return start_redis(hands, text, {"--sentinel"});
    };
    part.look = [port]() -> Result<std::string> {
        SW_TRY(const std::string said, ask_redis(port, "PING"));
        return said.starts_with("+PONG") ? std::string() : said;
    };
    part.settle = [port, master = master_of(place)](Hands&) -> Result<> {
        const auto all_found = [&] {
            const auto said = ask_redis(port, "SENTINEL CKQUORUM " + master);
            return said && said->find("3 usable") != std::string::npos;
        };
        if (wait_until(all_found, kFoundWithin, 100ms)) return {};
        return fail(ErrorCode::Timeout, "the three do not find one another");
    };
    return part;
}

}  // namespace syncwatch::lab
