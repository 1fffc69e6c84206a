#pragma once
#include "gateway/api/authenticator.h"
#include "gateway/http/router.h"
#include "ports/clock.h"
#include "services/rooms/now_on.h"
#include "services/rooms/room_directory.h"

namespace syncwatch::http {

/// The calls about rooms: /rooms, /rooms/{code}, join and bans. Safe from any thread.
class RoomApi {
public:
    RoomApi(RoomDirectory& rooms, NowOn& now_on, Authenticator& authenticator, const Clock& clock)
        : rooms_(rooms), now_on_(now_on), authenticator_(authenticator), clock_(clock) {}

    void add_routes(Router& router);

private:
    Async<Response> create(Request& request);
    Async<Response> list(Request& request);
    Async<Response> get(Request& request);
    Async<Response> change(Request& request);
    Async<Response> remove(Request& request);
    Async<Response> join(Request& request);
    Async<Response> ban(Request& request);
    Async<Response> bans(Request& request);
    Async<Response> lift_ban(Request& request);

    RoomDirectory& rooms_;
    NowOn& now_on_;
    Authenticator& authenticator_;
    const Clock& clock_;
};

}  // namespace syncwatch::http
