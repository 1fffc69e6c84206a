#include "relay/udp_relay.h"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace syncwatch::relay {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::size_t kMostFlows = 256;
constexpr std::size_t kMostPacketsUnderWay = 16 * 1024;
/// What a router holds before a narrow link; what comes beyond is lost.
constexpr Duration kLongestQueue = 250ms;

}  // namespace

UdpRelay::UdpRelay(Network& network, TaskGroup& tasks, udp::socket socket)
    : network_(network),
      tasks_(tasks),
      socket_(std::move(socket)),
      path_(network.next_seed++),
      next_(socket_.get_executor()) {
    next_.expires_at(Instant::max());
}

void UdpRelay::start() {
    tasks_.spawn("udp receive", receive());
    tasks_.spawn("udp deliver", deliver_when_due());
}

void UdpRelay::close() {
    closed_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);
    for (const auto& [client, flow] : flows_) flow->socket.close(ignored);
    flows_.clear();
    next_.cancel();
}

net::awaitable<void> UdpRelay::receive() {
    while (!closed_) {
        udp::endpoint from;
        auto [failed, got] = co_await socket_.async_receive_from(net::buffer(buffer_), from,
                                                                 net::as_tuple(net::use_awaitable));
        if (closed_) co_return;
        if (failed) continue;
        auto flow = flow_of(from);
        if (!flow) continue;
        flow->last_used = Clock::now();
        auto deliver = [flow](const std::string& bytes) {
            boost::system::error_code ignored;
            flow->socket.send(net::buffer(bytes), 0, ignored);
        };
        send_on(network_.up, std::string(buffer_.data(), got), std::move(deliver));
    }
}

net::awaitable<void> UdpRelay::answer(std::shared_ptr<Flow> flow) {
    while (!closed_ && flow->socket.is_open()) {
        auto [failed, got] = co_await flow->socket.async_receive(net::buffer(flow->buffer),
                                                                 net::as_tuple(net::use_awaitable));
        if (closed_ || failed == net::error::operation_aborted) co_return;
        if (failed) continue;  // "Connection refused": nobody listens there yet.
        auto deliver = [this, client = flow->client](const std::string& bytes) {
            boost::system::error_code ignored;
            socket_.send_to(net::buffer(bytes), client, 0, ignored);
        };
        send_on(network_.down, std::string(flow->buffer.data(), got), std::move(deliver));
    }
}

std::shared_ptr<UdpRelay::Flow> UdpRelay::flow_of(const udp::endpoint& client) {
    if (const auto known = flows_.find(client); known != flows_.end()) return known->second;
    if (flows_.size() >= kMostFlows) forget_oldest();
    boost::system::error_code failed;
    udp::socket socket(socket_.get_executor());
    socket.open(target_.protocol(), failed);
    if (!failed) socket.connect(target_, failed);
    if (failed) return nullptr;
    auto flow = std::make_shared<Flow>(std::move(socket));
    flow->client = client;
    flows_[client] = flow;
    tasks_.spawn("udp answer", answer(flow));
    return flow;
}

void UdpRelay::forget_oldest() {
    const auto oldest = std::ranges::min_element(
        flows_, {}, [](const auto& each) { return each.second->last_used; });
    boost::system::error_code ignored;
    oldest->second->socket.close(ignored);
    flows_.erase(oldest);
}

void UdpRelay::send_on(Way& way, std::string bytes, Deliver deliver) {
    const Instant now = Clock::now();
    const bool fits = way.gate.is_open() && under_way_.size() < kMostPacketsUnderWay &&
                      way.narrow.queue(now) <= kLongestQueue;
    std::optional<Instant> due;
    if (fits) {
        const Instant through = way.narrow.pass(now, bytes.size(), way.conditions.bytes_per_second);
        due = path_.arrival(through, way.conditions);
    }
    if (!due) {
        ++way.dropped;
        return;
    }
    auto counted = [&way, pass = std::move(deliver)](const std::string& each) {
        if (!way.gate.is_open()) {
            ++way.dropped;
            return;
        }
        way.bytes += each.size();
        pass(each);
    };
    const bool first = under_way_.empty() || *due < under_way_.begin()->first;
    under_way_.emplace(*due, Datagram{std::move(bytes), std::move(counted)});
    if (first) next_.expires_at(*due);  // Wakes deliver_when_due().
}

net::awaitable<void> UdpRelay::deliver_when_due() {
    while (!closed_) {
        while (!under_way_.empty() && under_way_.begin()->first <= Clock::now()) {
            const Datagram next = std::move(under_way_.begin()->second);
            under_way_.erase(under_way_.begin());
            next.deliver(next.bytes);
        }
        next_.expires_at(under_way_.empty() ? Instant::max() : under_way_.begin()->first);
        co_await next_.async_wait(net::as_tuple(net::use_awaitable));
    }
}

}  // namespace syncwatch::relay
