#include "relay/tcp_link.h"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace syncwatch::relay {
namespace {

using Clock = std::chrono::steady_clock;

/// What one direction of one connection may have under way before its sender has to wait.
constexpr std::size_t kMostUnderWay = 4 * 1024 * 1024;
/// What the kernel takes in ahead of us is not under our control: little.
constexpr int kReceiveBuffer = 64 * 1024;

void prepare(net::ip::tcp::socket& socket) {
    boost::system::error_code ignored;
    socket.set_option(net::ip::tcp::no_delay(true), ignored);
    socket.set_option(net::socket_base::receive_buffer_size(kReceiveBuffer), ignored);
}

void close_with_reset(net::ip::tcp::socket& socket) {
    boost::system::error_code ignored;
    socket.set_option(net::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
}

net::awaitable<void> sleep_until(net::steady_timer& timer, Instant when) {
    if (when <= Clock::now()) co_return;
    timer.expires_at(when);
    co_await timer.async_wait(net::as_tuple(net::use_awaitable));
}

}  // namespace

TcpLink::Lane::Lane(tcp::socket& from_in, tcp::socket& to_in, Way& way_in, std::uint64_t seed)
    : from(from_in),
      to(to_in),
      way(way_in),
      path(seed),
      changed(from_in.get_executor()),
      reader(from_in.get_executor()),
      writer(from_in.get_executor()) {
    changed.expires_at(Instant::max());
}

TcpLink::TcpLink(Network& network, TaskGroup& tasks, tcp::socket client)
    : network_(network),
      tasks_(tasks),
      client_(std::move(client)),
      target_(client_.get_executor()),
      up_(client_, target_, network.up, network.next_seed++),
      down_(target_, client_, network.down, network.next_seed++) {
    prepare(client_);
}

void TcpLink::start(const tcp::endpoint& target) {
    tasks_.spawn("connect", connect(shared_from_this(), target));
}

void TcpLink::reset() {
    closed_ = true;
    close_with_reset(client_);
    close_with_reset(target_);
    wake();
}

void TcpLink::orphan() {
    if (closed_) return;
    orphan_ = true;
    close_with_reset(target_);
    wake();
}

void TcpLink::wake() {
    for (Lane* lane : {&up_, &down_}) {
        lane->changed.cancel();
        lane->reader.cancel();
        lane->writer.cancel();
    }
}

net::awaitable<void> TcpLink::connect(std::shared_ptr<TcpLink> self, tcp::endpoint target) {
    co_await self->network_.up.gate.pass();
    const Instant begun = Clock::now();
    auto [failed] = co_await self->target_.async_connect(target, net::as_tuple(net::use_awaitable));
    if (failed || self->closed_) {
        self->reset();
        co_return;
    }
    prepare(self->target_);
    // A handshake costs a round trip before the first byte.
    const Instant there = self->up_.path.arrival(begun, 0, self->up_.way.conditions);
    const Instant back = self->down_.path.arrival(there, 0, self->down_.way.conditions);
    co_await sleep_until(self->up_.reader, back);
    for (Lane* lane : {&self->up_, &self->down_}) {
        self->tasks_.spawn("read", read(self, lane));
        self->tasks_.spawn("write", write(self, lane));
    }
}

net::awaitable<void> TcpLink::read(std::shared_ptr<TcpLink> self, Lane* lane) {
    for (bool more = true; more && !self->closed_;) {
        co_await lane->way.gate.pass();
        while (lane->bytes_under_way >= kMostUnderWay && !self->closed_) {
            co_await lane->changed.async_wait(net::as_tuple(net::use_awaitable));
        }
        Piece piece;
        const std::uint64_t rate = lane->way.conditions.bytes_per_second;
        piece.bytes.resize(Bottleneck::turn_bytes(rate));
        auto [failed, got] = co_await lane->from.async_read_some(net::buffer(piece.bytes),
                                                                 net::as_tuple(net::use_awaitable));
        if (self->closed_) co_return;
        if (failed) {
            more = false;
            if (self->orphan_) break;
            piece.kind = failed == net::error::eof ? Piece::Kind::End : Piece::Kind::Reset;
            got = 0;
        }
        if (self->orphan_) continue;
        piece.bytes.resize(got);
        const Instant through =
            lane->way.narrow.pass(Clock::now(), got, lane->way.conditions.bytes_per_second);
        co_await sleep_until(lane->reader, through);
        self->send_on(*lane, std::move(piece));
    }
}

void TcpLink::send_on(Lane& lane, Piece piece) {
    const std::uint64_t stalls = lane.path.stalls();
    piece.due = lane.path.arrival(Clock::now(), piece.bytes.size(), lane.way.conditions);
    lane.way.stalls += lane.path.stalls() - stalls;
    lane.bytes_under_way += piece.bytes.size();
    lane.under_way.push_back(std::move(piece));
    lane.changed.cancel();
}

net::awaitable<void> TcpLink::write(std::shared_ptr<TcpLink> self, Lane* lane) {
    for (bool more = true; more && !self->closed_ && !self->orphan_;) {
        if (lane->under_way.empty()) {
            co_await lane->changed.async_wait(net::as_tuple(net::use_awaitable));
            continue;
        }
        co_await sleep_until(lane->writer, lane->under_way.front().due);
        co_await lane->way.gate.pass();
        if (self->closed_ || self->orphan_) co_return;
        Piece piece = std::move(lane->under_way.front());
        lane->under_way.pop_front();
        lane->bytes_under_way -= piece.bytes.size();
        lane->changed.cancel();
        more = co_await self->deliver(*lane, std::move(piece));
    }
}

net::awaitable<bool> TcpLink::deliver(Lane& lane, Piece piece) {
    boost::system::error_code failed;
    switch (piece.kind) {
        case Piece::Kind::Bytes: {
            auto [broken, sent] = co_await net::async_write(lane.to, net::buffer(piece.bytes),
                                                            net::as_tuple(net::use_awaitable));
            lane.way.bytes += sent;
            if (broken && !orphan_) reset();
            co_return !broken;
        }
        case Piece::Kind::End:
            lane.to.shutdown(tcp::socket::shutdown_send, failed);
            finish(lane);
            co_return false;
        case Piece::Kind::Reset: reset(); co_return false;
    }
    co_return false;
}

void TcpLink::finish(Lane& lane) {
    lane.done = true;
    if (!up_.done || !down_.done || closed_) return;
    closed_ = true;
    boost::system::error_code ignored;
    client_.close(ignored);
    target_.close(ignored);
    wake();
}

}  // namespace syncwatch::relay
