#include <csignal>
#include <cstdint>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <unistd.h>

#include "relay/control.h"
#include "relay/fault_relay.h"

namespace syncwatch::relay {
namespace {

constexpr std::size_t kLongestLine = 64 * 1024;

/// Until stdin ends.
net::awaitable<void> obey_lines(FaultRelay* relay) {
    net::posix::stream_descriptor input(co_await net::this_coro::executor, ::dup(STDIN_FILENO));
    std::string buffer;
    for (bool more = true; more;) {
        auto [failed, size] =
            co_await net::async_read_until(input, net::dynamic_buffer(buffer, kLongestLine), '\n',
                                           net::as_tuple(net::use_awaitable));
        more = !failed;
        if (!more) continue;
        std::cout << obey(*relay, std::string_view(buffer).substr(0, size)) << std::endl;
        buffer.erase(0, size);
    }
    co_await relay->stop();
}

int run(const std::string& target, std::uint16_t listen, std::uint64_t seed) {
    const std::size_t colon = target.rfind(':');
    FaultRelay::Options options;
    boost::system::error_code bad;
    options.address = net::ip::make_address(target.substr(0, colon), bad);
    if (bad || colon == std::string::npos) {
        std::cerr << "fault_relay: " << target << " is no ADDRESS:PORT\n";
        return 2;
    }
    options.target_port = static_cast<std::uint16_t>(std::stoul(target.substr(colon + 1)));
    options.listen_port = listen;
    options.seed = seed;

    net::io_context context(1);
    FaultRelay relay(context.get_executor(), options);
    if (const auto started = relay.start(); !started) {
        std::cerr << "fault_relay: " << started.error().message << '\n';
        return 1;
    }
    std::cout << "{\"ok\":true,\"port\":" << relay.port() << '}' << std::endl;
    auto ended = net::co_spawn(context, obey_lines(&relay), net::use_future);
    context.run();
    ended.get();
    return 0;
}

}  // namespace
}  // namespace syncwatch::relay

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    CLI::App app("A bad network between a client and a server. Commands: lines of JSON on stdin.");
    std::string target;
    std::uint16_t listen = 0;
    std::uint64_t seed = 1;
    app.add_option("--target", target, "ADDRESS:PORT that everything is passed on to")->required();
    app.add_option("--listen", listen, "port to listen at (0: any that is free)");
    app.add_option("--seed", seed, "of jitter and losses");
    CLI11_PARSE(app, argc, argv);
    return syncwatch::relay::run(target, listen, seed);
}
