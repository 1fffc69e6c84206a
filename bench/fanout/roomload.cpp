// Fills rooms with simulated viewers and measures what a server makes of it.
//   bench.roomload --port N… --rooms CODE,CODE,… --members N [--yardstick] [--at-once N] --pid PID…
// Prints a line of JSON when everybody is in, and one for each command on stdin:
//   window react|chat|seek MESSAGES SECONDS     so many under way in every room
//   rate react|chat|seek PER-SECOND SECONDS     so many a second in every room
//   idle SECONDS
//   stall MEMBERS                               so many of every room stop to read
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <sstream>
#include <stdexcept>
#include <string>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "fanout/load.h"

namespace syncwatch::bench {
namespace {

std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> out;
    std::istringstream in(list);
    for (std::string each; std::getline(in, each, ',');) out.push_back(each);
    return out;
}

Load::Options parse_options(int count, char** words) {
    Load::Options options;
    bool is_product = true;
    for (int i = 1; i < count; ++i) {
        const std::string option = words[i];
        if (option == "--yardstick") {
            is_product = false;
            continue;
        }
        if (++i == count) throw std::runtime_error("a value is missing behind " + option);
        const std::string value = words[i];
        if (option == "--port") {
            Target& target = options.targets.emplace_back();
            target.address.sin_family = AF_INET;
            target.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            target.address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(value)));
        } else if (option == "--rooms") {
            options.rooms = split(value);
        } else if (option == "--members") {
            options.members = std::stoi(value);
        } else if (option == "--at-once") {
            options.at_once = std::stoi(value);
        } else if (option == "--pid") {
            options.servers.push_back(std::stoi(value));
        } else {
            throw std::runtime_error("unknown option " + option);
        }
    }
    if (options.targets.empty()) throw std::runtime_error("--port is missing");
    for (Target& each : options.targets) each.is_product = is_product;
    return options;
}

void print(const std::string& line) {
    std::puts(line.c_str());
    std::fflush(stdout);
}

void print(const Load::Entered& in) {
    print(fmt::format(R"({{"seconds":{:.3f},"server_cpu_s":{:.4f},"resident_before_kib":{},)"
                      R"("resident_after_kib":{},"tcp_before_kib":{},"tcp_after_kib":{}}})",
                      in.seconds, in.server_cpu, in.resident_before_kib, in.resident_after_kib,
                      in.tcp_before_kib, in.tcp_after_kib));
}

void print(const Measured& m) {
    print(fmt::format(
        R"({{"seconds":{:.3f},"sent":{},"deliveries":{},"server_cpu_s":{:.4f},"own_cpu_s":{:.4f},)"
        R"("p50_us":{:.1f},"p99_us":{:.1f},"max_us":{:.1f},"resident_kib":{},"tcp_kib":{},)"
        R"("missing":{},"gaps":{},"closed":{}}})",
        m.seconds, m.sent, m.deliveries, m.server_cpu, m.own_cpu, m.p50_us, m.p99_us, m.max_us,
        m.resident_kib, m.tcp_kib, m.missing, m.gaps, m.closed));
}

void obey(Load& load, const std::string& line) {
    std::istringstream words(line);
    std::string verb;
    std::string probe_word;
    double amount = 0;
    double seconds = 0;
    words >> verb;
    if (verb == "idle" && words >> seconds) return print(load.run_idle(seconds));
    if (verb == "stall" && words >> amount) {
        load.stall(static_cast<int>(amount));
        return print("{}");
    }
    words >> probe_word >> amount >> seconds;
    const auto probe = parse_probe(probe_word);
    if (!words || !probe) throw std::runtime_error("no command: " + line);
    if (verb == "window") return print(load.run_window(*probe, static_cast<int>(amount), seconds));
    if (verb == "rate") return print(load.run_rate(*probe, amount, seconds));
    throw std::runtime_error("no command: " + line);
}

void use_all_descriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace
}  // namespace syncwatch::bench

int main(int count, char** words) {
    using namespace syncwatch::bench;
    use_all_descriptors();
    ::prctl(PR_SET_TIMERSLACK, 1UL);
    try {
        Load load(parse_options(count, words));
        print(load.enter());
        for (std::string line = load.next_command(); !line.empty(); line = load.next_command()) {
            obey(load, line);
        }
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench.roomload: {}\n", error.what());
        return EXIT_FAILURE;
    }
}
