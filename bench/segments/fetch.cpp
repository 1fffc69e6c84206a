// Fetches files over and over, over so many connections, and says what that cost the server.
//   bench.fetch --port N --paths FILE --connections N --seconds N [--tls] --pid PID…
// FILE holds a path on each line. Prints one line of JSON.
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "load/instant.h"
#include "load/process_cost.h"
#include "segments/download.h"

namespace syncwatch::bench {
namespace {

constexpr double kWarmUp = 0.3;
/// Nothing at all for so long: the server hangs.
constexpr int kPatienceMs = 5000;

struct Options {
    sockaddr_in server{};
    std::vector<std::string> paths;
    int connections = 1;
    double seconds = 3;
    bool tls = false;
    std::vector<pid_t> servers;
};

Options parse_options(int count, char** words) {
    Options options;
    options.server.sin_family = AF_INET;
    options.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 1; i < count; ++i) {
        const std::string option = words[i];
        if (option == "--tls") {
            options.tls = true;
            continue;
        }
        if (++i == count) throw std::runtime_error("a value is missing behind " + option);
        const std::string value = words[i];
        if (option == "--port") {
            options.server.sin_port = htons(static_cast<std::uint16_t>(std::stoi(value)));
        } else if (option == "--paths") {
            std::ifstream in(value);
            for (std::string path; std::getline(in, path);) options.paths.push_back(path);
        } else if (option == "--connections") {
            options.connections = std::stoi(value);
        } else if (option == "--seconds") {
            options.seconds = std::stod(value);
        } else if (option == "--pid") {
            options.servers.push_back(std::stoi(value));
        } else {
            throw std::runtime_error("unknown option " + option);
        }
    }
    if (options.paths.empty()) throw std::runtime_error("no paths");
    return options;
}

class Fetch {
public:
    explicit Fetch(const Options& options)
        : options_(options), epoll_(::epoll_create1(EPOLL_CLOEXEC)), buffer_(1024 * 1024) {
        // The certificate is one of our own making.
        SSL_CTX* tls = options.tls ? SSL_CTX_new(TLS_client_method()) : nullptr;
        for (int i = 0; i < options.connections; ++i) {
            auto& one = downloads_.emplace_back(std::make_unique<Download>(
                options.server, tls, options.paths, static_cast<std::size_t>(i) * 7));
            epoll_event event{};
            event.events = EPOLLIN;
            event.data.ptr = one.get();
            ::epoll_ctl(epoll_, EPOLL_CTL_ADD, one->fd(), &event);
        }
        SSL_CTX_free(tls);
        for (const auto& one : downloads_) one->ask();
    }
    Fetch(const Fetch&) = delete;
    Fetch& operator=(const Fetch&) = delete;
    ~Fetch() { ::close(epoll_); }

    std::string measure() {
        run_for(kWarmUp);
        const Fetched before = fetched_;
        const std::int64_t begin = now_ns();
        const std::int64_t server = cpu_ns(options_.servers);
        const std::int64_t own = now_ns(CLOCK_PROCESS_CPUTIME_ID);
        run_for(options_.seconds);
        const auto seconds = [](std::int64_t ns) { return static_cast<double>(ns) / 1e9; };
        return fmt::format(
            R"({{"seconds":{:.4f},"bytes":{},"answers":{},"server_cpu_s":{:.4f},"own_cpu_s":{:.4f}}})",
            seconds(now_ns() - begin), fetched_.bytes - before.bytes,
            fetched_.answers - before.answers, seconds(cpu_ns(options_.servers) - server),
            seconds(now_ns(CLOCK_PROCESS_CPUTIME_ID) - own));
    }

private:
    void run_for(double seconds) {
        std::array<epoll_event, 64> events;
        const std::int64_t end = now_ns() + static_cast<std::int64_t>(seconds * 1e9);
        while (now_ns() < end) {
            const int count = ::epoll_wait(epoll_, events.data(), events.size(), kPatienceMs);
            if (count == 0) throw std::runtime_error("nothing came for five seconds");
            for (int i = 0; i < count; ++i) {
                auto* one = static_cast<Download*>(events[static_cast<std::size_t>(i)].data.ptr);
                one->on_readable(buffer_, fetched_);
            }
        }
    }

    const Options& options_;
    const int epoll_;
    std::vector<char> buffer_;
    std::vector<std::unique_ptr<Download>> downloads_;
    Fetched fetched_;
};

}  // namespace
}  // namespace syncwatch::bench

int main(int count, char** words) {
    using namespace syncwatch::bench;
    std::signal(SIGPIPE, SIG_IGN);
    try {
        const Options options = parse_options(count, words);
        std::puts(Fetch(options).measure().c_str());
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench.fetch: {}\n", error.what());
        return EXIT_FAILURE;
    }
}
