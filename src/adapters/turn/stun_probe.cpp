#include "adapters/turn/stun_probe.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 1500ms;
constexpr auto kUseTuple = net::as_tuple(net::use_awaitable);

struct Target {
    std::string host;
    std::string port;
    bool datagrams = true;
};

/// "turn:host:port?transport=tcp" (RFC 7064, RFC 7065).
Result<Target> target_of(std::string_view url) {
    const std::size_t colon = url.find(':');
    const std::string_view scheme = url.substr(0, colon);
    if (colon == std::string_view::npos) {
        return fail(ErrorCode::InvalidInput, std::string(url) + " is no ICE URL");
    }
    std::string_view rest = url.substr(colon + 1);
    const std::size_t mark = rest.find('?');
    const std::string_view query =
        mark == std::string_view::npos ? std::string_view() : rest.substr(mark + 1);
    rest = rest.substr(0, mark);
    Target target;
    const bool secure = scheme.ends_with('s');
    target.datagrams = !secure && query != "transport=tcp";
    target.port = secure ? "5349" : "3478";
    const std::size_t bracket = rest.rfind(']');
    const std::size_t port = rest.rfind(':');
    if (port != std::string_view::npos && (bracket == std::string_view::npos || port > bracket)) {
        target.port = rest.substr(port + 1);
        rest = rest.substr(0, port);
    }
    if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
    target.host = rest;
    return target;
}

tl::unexpected<Error> no_answer(const Target& target, const std::string& why) {
    return fail_unavailable("turn", target.host + ":" + target.port + " " + why, 30s);
}

/// Closes a socket when the time is up; whoever waits on it wakes.
template <class Socket>
std::shared_ptr<net::steady_timer> cut_off(const std::shared_ptr<Socket>& socket) {
    auto timer = std::make_shared<net::steady_timer>(socket->get_executor(), kPatience);
    timer->async_wait([socket](boost::system::error_code cancelled) {
        boost::system::error_code ignored;
        if (!cancelled) socket->close(ignored);
    });
    return timer;
}

Async<> probe_udp(Target target, net::ip::udp::endpoint server) {
    auto socket = std::make_shared<net::ip::udp::socket>(co_await net::this_coro::executor);
    boost::system::error_code failed;
    socket->connect(server, failed);
    if (failed) co_return no_answer(target, failed.message());
    // Binding request, no attributes, the magic cookie, a transaction id that any will do for.
    constexpr std::array<std::uint8_t, 20> kRequest{0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xa4,
                                                    0x42, 's',  'y',  'n',  'c',  'w',  'a',
                                                    't',  'c',  'h',  '-',  'u',  'p'};
    const auto timer = cut_off(socket);
    (void)co_await socket->async_send(net::buffer(kRequest), kUseTuple);
    std::array<std::uint8_t, 512> answer{};
    const auto [broken, got] = co_await socket->async_receive(net::buffer(answer), kUseTuple);
    timer->cancel();
    if (broken) co_return no_answer(target, "does not answer");
    const bool ours =
        got >= 20 && std::equal(kRequest.begin() + 4, kRequest.end(), answer.begin() + 4);
    const bool success = answer[0] == 0x01 && answer[1] == 0x01;
    if (!ours || !success) co_return no_answer(target, "answers, but not as a STUN server");
    co_return Result<>();
}

Async<> probe_tcp(Target target, net::ip::tcp::endpoint server) {
    auto socket = std::make_shared<net::ip::tcp::socket>(co_await net::this_coro::executor);
    socket->open(server.protocol());
    const auto timer = cut_off(socket);
    const auto [failed] = co_await socket->async_connect(server, kUseTuple);
    timer->cancel();
    if (failed) co_return no_answer(target, "takes no connection");
    co_return Result<>();
}

}  // namespace

Async<> probe_ice_server(std::string url) {
    SW_CO_TRY(const Target target, target_of(url));
    const auto executor = co_await net::this_coro::executor;
    net::ip::udp::resolver resolver(executor);
    const auto [unknown, found] =
        co_await resolver.async_resolve(target.host, target.port, kUseTuple);
    if (unknown || found.empty()) co_return no_answer(target, "has no address");
    const auto server = found.begin()->endpoint();
    if (target.datagrams) co_return co_await probe_udp(target, server);
    const net::ip::tcp::endpoint endpoint(server.address(), server.port());
    co_return co_await probe_tcp(target, endpoint);
}

}  // namespace syncwatch
