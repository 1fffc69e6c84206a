#pragma once
#include "gateway/api/authenticator.h"
#include "gateway/http/router.h"
#include "services/rooms/room_reader.h"

namespace syncwatch::room_gateway {

/// The calls about the inside of a room: GET /rooms/{code}/messages and /rooms/{code}/ice.
class RoomTalkApi {
public:
    static constexpr int kUsualMessages = 50;
    static constexpr int kMostMessages = 200;

    RoomTalkApi(RoomReader& reader, http::Authenticator& authenticator)
        : reader_(reader), authenticator_(authenticator) {}

    /// `this` outlives the router's use.
    void add_routes(http::Router& router);

private:
    Async<http::Response> messages(http::Request& request);
    Async<http::Response> ice(http::Request& request);

    RoomReader& reader_;
    http::Authenticator& authenticator_;
};

}  // namespace syncwatch::room_gateway
