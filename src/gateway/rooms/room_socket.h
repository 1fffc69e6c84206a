#pragma once
#include "gateway/http/router.h"
#include "gateway/rooms/gateway_metrics.h"
#include "services/rooms/live_rooms.h"
#include "services/rooms/tickets.h"

namespace syncwatch::room_gateway {

/// GET /api/v1/rooms/{code}/ws?ticket=…: from a ticket to a socket inside a room. Without a good
/// ticket the answer is a problem document (401) and no upgrade.
class RoomSocket {
public:
    RoomSocket(LiveRooms& rooms, Tickets& tickets, Metrics& metrics);

    /// `this` outlives the router's use.
    void add_routes(http::Router& router);

private:
    net::awaitable<std::variant<http::Response, http::Upgrade>> upgrade(http::Request& request);

    LiveRooms& rooms_;
    Tickets& tickets_;
    Metrics& metrics_;
};

}  // namespace syncwatch::room_gateway
