#include "relay/fault_relay.h"

#include <string>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace syncwatch::relay {
namespace {

using tcp = net::ip::tcp;
using udp = net::ip::udp;

void say_fault(const std::string& task, const std::string& what) {
    fmt::print(stderr, "fault_relay: {}: {}\n", task, what);
}

}  // namespace

FaultRelay::FaultRelay(net::any_io_executor executor, Options options)
    : executor_(std::move(executor)),
      options_(options),
      network_(executor_),
      tasks_(executor_, say_fault),
      acceptor_(executor_) {
    network_.next_seed = options_.seed;
}

Result<> FaultRelay::start() {
    boost::system::error_code failed;
    const tcp::endpoint at(options_.address, options_.listen_port);
    acceptor_.open(at.protocol(), failed);
    if (!failed) acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor_.bind(at, failed);
    if (!failed) acceptor_.listen(net::socket_base::max_listen_connections, failed);
    if (failed) return fail(ErrorCode::Conflict, "listen for TCP: " + failed.message());
    port_ = acceptor_.local_endpoint().port();

    udp::socket socket(executor_);
    const udp::endpoint same(options_.address, port_);
    socket.open(same.protocol(), failed);
    if (!failed) socket.bind(same, failed);
    if (failed) return fail(ErrorCode::Conflict, "listen for UDP: " + failed.message());
    datagrams_ = std::make_unique<UdpRelay>(network_, tasks_, std::move(socket));
    set_target(options_.target_port);
    datagrams_->start();
    tasks_.spawn("accept", accept());
    return {};
}

void FaultRelay::set_conditions(Direction direction, const Conditions& conditions) {
    network_.way(direction).conditions = conditions;
}

void FaultRelay::cut(Cut how, std::optional<Direction> only) {
    if (how == Cut::Reset) {
        refusing_ = true;
        reset();
        return;
    }
    if (only != Direction::Down) network_.up.gate.close();
    if (only != Direction::Up) network_.down.gate.close();
}

void FaultRelay::reset() {
    for (const auto& link : links_) link->reset();
    sweep();
}

void FaultRelay::half_open() {
    for (const auto& link : links_) link->orphan();
}

void FaultRelay::heal() {
    refusing_ = false;
    for (const auto& link : links_) {
        if (link->is_orphan()) link->reset();
    }
    network_.up.gate.open();
    network_.down.gate.open();
    sweep();
}

void FaultRelay::set_target(std::uint16_t port) {
    options_.target_port = port;
    datagrams_->set_target({options_.address, port});
}

FaultRelay::Stats FaultRelay::stats() const {
    Stats stats;
    stats.connections = connections_;
    for (const auto& link : links_) stats.open += link->is_open() ? 1 : 0;
    stats.bytes_up = network_.up.bytes;
    stats.bytes_down = network_.down.bytes;
    stats.stalls = network_.up.stalls + network_.down.stalls;
    stats.dropped = network_.up.dropped + network_.down.dropped;
    return stats;
}

net::awaitable<void> FaultRelay::accept() {
    while (!stopped_) {
        auto [failed, client] = co_await acceptor_.async_accept(net::as_tuple(net::use_awaitable));
        if (stopped_) co_return;
        if (failed) continue;
        ++connections_;
        auto link = std::make_shared<TcpLink>(network_, tasks_, std::move(client));
        if (refusing_) {
            link->reset();
            continue;
        }
        sweep();
        links_.push_back(link);
        link->start({options_.address, options_.target_port});
    }
}

void FaultRelay::sweep() {
    links_.remove_if([](const auto& link) { return !link->is_open(); });
}

net::awaitable<void> FaultRelay::stop() {
    stopped_ = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    reset();
    if (datagrams_) datagrams_->close();
    network_.up.gate.open();
    network_.down.gate.open();
    tasks_.cancel();
    co_await tasks_.join();
}

}  // namespace syncwatch::relay
