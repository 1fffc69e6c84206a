#pragma once
#include <string>
#include <utility>

#include "adapters/sql_live_rooms/sql_playback_store.h"
#include "gateway/api/account_api.h"
#include "gateway/api/authenticator.h"
#include "gateway/api/room_api.h"
#include "harness/room_twins.h"
#include "harness/room_world.h"
#include "harness/router_client.h"

namespace syncwatch {

/// The calls of the API about accounts and rooms, over the real services, without sockets.
class ApiWorld : public RoomWorld {
public:
    explicit ApiWorld(AccountService::Options options = {},
                      RoomDirectory::Options room_options = {})
        : RoomWorld(std::move(options), std::move(room_options)),
          authenticator(*service, {}),
          account_api(*service, authenticator, api_options()),
          now_on(playback, films),
          room_api(rooms, now_on, authenticator, clock) {
        account_api.add_routes(router);
        room_api.add_routes(router);
    }

    /// Registers an account and gives its token. The first one is an admin's.
    std::string token_of(const std::string& username) {
        return register_as(username).value().token;
    }
    std::string guest_token(std::string name) {
        return run_to_end(service->guest(std::move(name))).value().token;
    }
    RouterClient client(const std::string& token = {}) {
        RouterClient made(router);
        if (!token.empty()) made.as(token);
        return made;
    }

    http::Authenticator authenticator;
    http::AccountApi account_api;
    sql::SqlPlaybackStore playback{database.get()};
    SaidFilms films;
    NowOn now_on;
    http::RoomApi room_api;
    http::Router router;

private:
    static http::AccountApi::Options api_options() {
        http::AccountApi::Options options;
        options.version = "1.2.3";
        options.max_upload_bytes = 1000;
        options.session_lifetime = std::chrono::hours(24);
        return options;
    }
};

}  // namespace syncwatch
