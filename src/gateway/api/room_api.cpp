#include "gateway/api/room_api.h"

#include <utility>

#include "gateway/api/handler.h"
#include "gateway/api/representations.h"
#include "gateway/api/room_bodies.h"

namespace syncwatch::http {
namespace {

namespace json = boost::json;

/// The room that the path names. Errors: NotFound.
Result<RoomCode> room_of(const Request& request) {
    return RoomCode::parse(request.parameter("code"));
}

/// Whoever joined is shown as a member before their socket is open; what it reports comes later.
json::object member_json(const RoomDirectory::Joined& joined) {
    const Principal& who = joined.grant.who;
    return {{"id", who.user.text()},  {"name", who.display_name},
            {"kind", text(who.kind)}, {"role", text(joined.grant.role)},
            {"host", false},          {"state", "joining"},
            {"drift_ms", nullptr},    {"voice", nullptr}};
}

}  // namespace

void RoomApi::add_routes(Router& router) {
    const auto add = [&](Method method, const char* pattern, ApiCall<RoomApi> call) {
        router.add(method, pattern, handler_of(*this, call));
    };
    add(Method::Post, "/api/v1/rooms", &RoomApi::create);
    add(Method::Get, "/api/v1/rooms", &RoomApi::list);
    add(Method::Get, "/api/v1/rooms/{code}", &RoomApi::get);
    add(Method::Patch, "/api/v1/rooms/{code}", &RoomApi::change);
    add(Method::Delete, "/api/v1/rooms/{code}", &RoomApi::remove);
    add(Method::Post, "/api/v1/rooms/{code}/join", &RoomApi::join);
    add(Method::Get, "/api/v1/rooms/{code}/bans", &RoomApi::bans);
    add(Method::Post, "/api/v1/rooms/{code}/bans", &RoomApi::ban);
    add(Method::Delete, "/api/v1/rooms/{code}/bans/{ban}", &RoomApi::lift_ban);
}

Async<Response> RoomApi::create(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const json::object body, co_await read_json(request));
    SW_CO_TRY(auto wanted, new_room_from(body));
    SW_CO_TRY(const RoomView made, co_await rooms_.create(std::move(who), std::move(wanted)));
    co_return answer_json(201, resource("room", room_json(made)));
}

Async<Response> RoomApi::list(Request& request) {
    SW_CO_TRY(auto who, co_await authenticator_.optional_principal(request));
    SW_CO_TRY(const auto found, co_await rooms_.list(std::move(who)));
    json::array rooms;
    for (const RoomView& each : found) rooms.push_back(room_json(each));
    co_return answer_json(200, json::object{{"rooms", std::move(rooms)}});
}

Async<Response> RoomApi::get(Request& request) {
    SW_CO_TRY(const RoomCode code, room_of(request));
    SW_CO_TRY(auto who, co_await authenticator_.optional_principal(request));
    SW_CO_TRY(const RoomView found,
              co_await rooms_.get(std::move(who), code, request.remote_address));
    const auto film = co_await now_on_.film(found);
    json::object body = room_json(found);
    body["film"] = film ? json::value(door_film_json(*film)) : json::value(nullptr);
    co_return answer_json(200, resource("room", std::move(body)));
}

Async<Response> RoomApi::change(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const RoomCode code, room_of(request));
    SW_CO_TRY(const json::object body, co_await read_json(request));
    SW_CO_TRY(auto patch, room_patch_from(body));
    SW_CO_TRY(const RoomView now, co_await rooms_.change(std::move(who), code, std::move(patch)));
    co_return answer_json(200, resource("room", room_json(now)));
}

Async<Response> RoomApi::remove(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const RoomCode code, room_of(request));
    SW_CO_CHECK(co_await rooms_.remove(std::move(who), code, request.remote_address));
    co_return no_content();
}

Async<Response> RoomApi::join(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const RoomCode code, room_of(request));
    SW_CO_TRY(const json::object body, co_await read_json(request));
    FieldReader reader(body);
    auto password = reader.optional_text("password", kRoomPassword);
    SW_CO_CHECK(reader.verdict());
    SW_CO_TRY(const auto joined, co_await rooms_.join(std::move(who), code, std::move(password),
                                                      request.remote_address));
    const std::string ws = "/api/v1/rooms/" + code.text() + "/ws?ticket=" + joined.ticket;
    co_return answer_json(
        200, json::object{
                 {"room", room_json(joined.room)}, {"member", member_json(joined)}, {"ws", ws}});
}

Async<Response> RoomApi::ban(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const RoomCode code, room_of(request));
    SW_CO_TRY(const json::object body, co_await read_json(request));
    SW_CO_TRY(auto wanted, new_ban_from(body, clock_.wall()));
    SW_CO_TRY(const Ban made,
              co_await rooms_.ban(std::move(who), code, std::move(wanted), request.remote_address));
    co_return answer_json(201, resource("ban", ban_json(made)));
}

Async<Response> RoomApi::bans(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const RoomCode code, room_of(request));
    SW_CO_TRY(const auto found, co_await rooms_.bans(std::move(who), code));
    json::array bans;
    for (const Ban& each : found) bans.push_back(ban_json(each));
    co_return answer_json(200, json::object{{"bans", std::move(bans)}});
}

Async<Response> RoomApi::lift_ban(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const RoomCode code, room_of(request));
    const auto id = BanId::parse(request.parameter("ban"));
    if (!id) co_return fail(ErrorCode::NotFound, "no id of a ban");
    SW_CO_CHECK(co_await rooms_.lift_ban(std::move(who), code, *id, request.remote_address));
    co_return no_content();
}

}  // namespace syncwatch::http
