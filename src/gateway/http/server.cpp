#include "gateway/http/server.h"

#include <algorithm>
#include <csignal>
#include <future>
#include <span>

#include <boost/algorithm/string/predicate.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <sys/socket.h>

#include "base/encoding.h"
#include "base/log/context_executor.h"
#include "base/log/log.h"
#include "base/log/task_fault.h"

namespace syncwatch::http {
namespace {

using namespace std::chrono_literals;
using tcp = net::ip::tcp;
using ReusePort = net::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

/// A shard that drains is at its end once no handler has run for so long.
constexpr auto kQuiet = 50ms;

tl::unexpected<Error> listen_error(const std::string& where, boost::system::error_code why) {
    const std::string message = "listen on " + where + ": " + why.message();
    if (why == net::error::address_in_use) return fail(ErrorCode::Conflict, message, "port_taken");
    if (why == net::error::access_denied) return fail(ErrorCode::Forbidden, message);
    return fail(ErrorCode::InvalidInput, message);
}

Result<tcp::acceptor> open_acceptor(const net::any_io_executor& executor,
                                    const tcp::endpoint& endpoint, const std::string& where,
                                    bool share) {
    tcp::acceptor acceptor(executor);
    boost::system::error_code failed;
    acceptor.open(endpoint.protocol(), failed);
    if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed && share) acceptor.set_option(ReusePort(true), failed);
    if (!failed) acceptor.bind(endpoint, failed);
    if (!failed) acceptor.listen(net::socket_base::max_listen_connections, failed);
    if (failed) return listen_error(where, failed);
    return acceptor;
}

}  // namespace

struct Server::Shard {
    Shard(net::any_io_executor executor_in, const websocket::Options& options)
        : executor(executor_in),
          acceptor(executor_in),
          tasks(executor_in, log::task_fault("http.task_fault")),
          handlers(executor_in, log::task_fault("http.task_fault")),
          sockets(executor_in, options) {}

    net::any_io_executor executor;
    tcp::acceptor acceptor;
    TaskGroup tasks;     ///< Connections and the accept loop.
    TaskGroup handlers;  ///< Handlers: they finish what they began.
    websocket::Loop sockets;
    std::shared_ptr<const ConnectionContext> context;
};

Server::Server(Shards& shards, const Router& router, Random& random, Options options)
    : shards_(shards), router_(router), random_(random), options_(std::move(options)) {
    for (const std::string& each : options_.trusted_proxies) {
        if (const auto network = Network::parse(each)) trusted_.push_back(*network);
    }
    // sendfile(2) has no MSG_NOSIGNAL: a client that leaves must not end the process.
    std::signal(SIGPIPE, SIG_IGN);
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        parts_.push_back(std::make_unique<Shard>(shards_.executor(i), options_.websocket));
    }
}

Server::~Server() = default;

Result<> Server::listen() {
    const std::string where = options_.address + ":" + std::to_string(options_.port);
    boost::system::error_code bad;
    const auto address = net::ip::make_address(options_.address, bad);
    if (bad) return fail(ErrorCode::InvalidInput, options_.address + " is no address");
    // SO_REUSEPORT would let a second server share the port in silence: look first without it.
    {
        SW_TRY(const auto probe,
               open_acceptor(shards_.executor(0), {address, options_.port}, where, false));
        port_ = probe.local_endpoint().port();
    }
    for (auto& part : parts_) {
        SW_TRY(part->acceptor, open_acceptor(part->executor, {address, port_}, where, true));
    }
    return {};
}

void Server::start() {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        Shard& shard = *parts_[i];
        auto hand_over = [this](Upgrade upgrade, Transport::Released socket, std::string leftover) {
            Shard& home = *parts_[upgrade.shard % parts_.size()];
            auto move_in = [&home, accept = std::move(upgrade.accept), taken = std::move(socket),
                            rest = std::move(leftover)]() mutable {
                home.sockets.adopt(std::move(taken.socket), std::move(taken.stream),
                                   std::move(rest), accept);
            };
            net::post(home.executor, std::move(move_in));
        };
        shard.context = std::make_shared<const ConnectionContext>(ConnectionContext{
            .router = router_,
            .limits = options_.limits,
            .make_request_id = [this] { return make_request_id(); },
            .resolve_client = [this](Request& request) { resolve_client(request); },
            .hand_over = std::move(hand_over),
            .admit = options_.admit,
            .spawn =
                [&shard](const std::string& request_id, net::awaitable<void> task) {
                    auto id = std::make_shared<const std::string>(request_id);
                    const log::ContextExecutor executor(shard.executor, std::move(id));
                    shard.handlers.spawn_on(executor, "handler", std::move(task));
                },
            .on_answered = options_.on_answered,
            .draining = draining_,
        });
        net::post(shard.executor, [this, &shard] { shard.tasks.spawn("accept", accept(shard)); });
    }
}

net::awaitable<void> Server::accept(Shard& shard) {
    co_await net::this_coro::throw_if_cancelled(false);
    net::steady_timer pause(shard.executor);
    while (!draining_.load() && shard.acceptor.is_open()) {
        auto [failed, socket] =
            co_await shard.acceptor.async_accept(net::as_tuple(net::use_awaitable));
        if (draining_.load() || failed == net::error::operation_aborted) co_return;
        if (failed || connections_.load() >= options_.max_connections) {
            // Out of descriptors, or full: whoever waits is served when somebody leaves.
            socket.close(failed);
            pause.expires_after(50ms);
            co_await pause.async_wait(net::as_tuple(net::use_awaitable));
            continue;
        }
        const auto peer = socket.remote_endpoint(failed);
        if (failed) continue;
        socket.set_option(tcp::no_delay(true), failed);
        socket.non_blocking(true, failed);
        auto address = peer.address();
        if (address.is_v6() && address.to_v6().is_v4_mapped()) {
            address = net::ip::make_address_v4(net::ip::v4_mapped, address.to_v6());
        }
        ++connections_;
        auto serve = [](Server* self, std::shared_ptr<const ConnectionContext> context,
                        std::unique_ptr<Transport> transport,
                        std::string from) -> net::awaitable<void> {
            co_await serve_connection(std::move(context), std::move(transport), std::move(from));
            --self->connections_;
        };
        const int fd = socket.native_handle();
        auto stream = options_.tls ? options_.tls->accept(fd) : make_plain_stream(fd);
        auto task = serve(this, shard.context, make_transport(std::move(socket), std::move(stream)),
                          address.to_string());
        shard.tasks.spawn("connection", std::move(task));
    }
}

std::string Server::make_request_id() {
    std::array<std::uint8_t, 24> random;
    random_.fill(random);
    const std::span bytes(random);
    return encode_hex(bytes.first<16>()) + '-' + encode_hex(bytes.last<8>());
}

bool Server::is_trusted(const std::string& address) const {
    return std::ranges::any_of(trusted_,
                               [&](const Network& each) { return each.contains(address); });
}

/// Behind a trusted proxy the last address it added is the client's: what stands before it, on the
/// same line or on lines before, the client may have written.
void Server::resolve_client(Request& request) const {
    if (!is_trusted(request.remote_address)) return;
    if (const auto chain = request.fields.find_last("X-Forwarded-For")) {
        std::string_view last = chain->substr(chain->rfind(',') + 1);
        while (last.starts_with(' ')) last.remove_prefix(1);
        boost::system::error_code bad;
        const auto address = net::ip::make_address(std::string(last), bad);
        if (!bad) request.remote_address = address.to_string();
    }
    if (const auto scheme = request.fields.find_last("X-Forwarded-Proto")) {
        request.tls = boost::iequals(*scheme, "https");
    }
}

void Server::drain(std::chrono::milliseconds patience) {
    draining_.store(true);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    std::vector<std::future<void>> ended;
    for (auto& part : parts_) {
        auto drain_shard = [](Shard* shard,
                              std::chrono::steady_clock::time_point until) -> net::awaitable<void> {
            boost::system::error_code ignored;
            shard->acceptor.close(ignored);
            net::steady_timer tick(shard->executor);
            // Requests on their way in and answers on their way out get a moment in which nothing
            // else happens; idle connections have nothing to lose.
            auto quiet_since = std::chrono::steady_clock::now();
            for (auto now = quiet_since; now < until && now - quiet_since < kQuiet;) {
                tick.expires_after(10ms);
                co_await tick.async_wait(net::as_tuple(net::use_awaitable));
                now = std::chrono::steady_clock::now();
                if (shard->handlers.size() > 0) quiet_since = now;
            }
            shard->tasks.cancel();
            shard->handlers.cancel();
            shard->sockets.end_all();
            co_await shard->tasks.join();
            co_await shard->handlers.join();
        };
        ended.push_back(
            net::co_spawn(part->executor, drain_shard(part.get(), deadline), net::use_future));
    }
    for (auto& one : ended) one.wait_until(deadline + 2s);
}

}  // namespace syncwatch::http
