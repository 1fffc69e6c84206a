#include "gateway/rooms/room_socket.h"

#include <utility>

#include "gateway/api/answers.h"
#include "gateway/rooms/room_session.h"
#include "gateway/websocket/handshake.h"

namespace syncwatch::room_gateway {
namespace {

using namespace std::chrono_literals;

/// A session whose frames go to a WebSocket client.
class PeerSession final : public RoomSession {
public:
    PeerSession(websocket::Peer& peer, JoinGrant allowed, LiveRooms& rooms, RoomShard& shard,
                Metrics& metrics)
        : RoomSession(std::move(allowed), rooms, shard, metrics), peer_(peer) {}

    websocket::Peer* peer() override { return &peer_; }
    void transmit(const websocket::SharedFrame& frame, websocket::Delivery delivery) override {
        peer_.send(frame, delivery);
    }
    void hang_up(room_protocol::CloseCode code) override {
        peer_.close(static_cast<std::uint16_t>(code), room_protocol::close_reason(code));
    }

private:
    websocket::Peer& peer_;  // Owns us.
};

/// Our subprotocol if it is offered, none if none is. Errors: InvalidInput (others alone).
Result<std::string> negotiate(const http::Request& request) {
    const auto offered = request.fields.find("Sec-WebSocket-Protocol");
    if (!offered) return std::string();
    if (websocket::offers_protocol(*offered, room_protocol::kSubprotocol)) {
        return std::string(room_protocol::kSubprotocol);
    }
    return fail(ErrorCode::InvalidInput, "no subprotocol that is spoken here is offered");
}

}  // namespace

RoomSocket::RoomSocket(LiveRooms& rooms, Tickets& tickets, Metrics& metrics)
    : rooms_(rooms), tickets_(tickets), metrics_(metrics) {}

void RoomSocket::add_routes(http::Router& router) {
    router.add_upgrade("/api/v1/rooms/{code}/ws",
                       [this](http::Request& request) { return upgrade(request); });
}

net::awaitable<std::variant<http::Response, http::Upgrade>> RoomSocket::upgrade(
    http::Request& request) {
    const auto refuse = [&request](const Error& error) {
        return http::answer_error(error, request);
    };
    if (rooms_.is_draining()) {
        co_return refuse(fail_unavailable("rooms", "the node is ending", 1s).value());
    }
    auto protocol = negotiate(request);
    if (!protocol) co_return refuse(protocol.error());
    auto grant = tickets_.redeem(request.query_value("ticket").value_or(std::string()));
    const auto code = RoomCode::parse(request.parameter("code"));
    if (grant && (!code || *code != grant->room)) {
        grant = fail(ErrorCode::Unauthenticated, "a ticket to another room", "bad_ticket");
    }
    if (!grant) {
        metrics_.bad_tickets.fetch_add(1, std::memory_order_relaxed);
        co_return refuse(grant.error());
    }
    http::Upgrade upgrade;
    upgrade.protocol = *std::move(protocol);
    upgrade.shard = rooms_.shard_of(*code);
    RoomShard& home = rooms_.shard(upgrade.shard);
    upgrade.accept = [this, &home, allowed = *std::move(grant)](websocket::Peer& peer) {
        auto session = std::make_unique<PeerSession>(peer, allowed, rooms_, home, metrics_);
        home.open(*session);
        return session;
    };
    co_return upgrade;
}

}  // namespace syncwatch::room_gateway
