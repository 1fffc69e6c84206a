#include "gateway/rooms/room_talk_api.h"

#include <charconv>
#include <utility>

#include <boost/json/array.hpp>

#include "gateway/api/handler.h"
#include "protocol/room/encode.h"

namespace syncwatch::room_gateway {
namespace {

namespace json = boost::json;
using http::Method;
using http::Request;
using http::Response;

/// Errors: InvalidInput ("limit").
Result<int> limit_of(const Request& request) {
    const auto text = request.query_value("limit");
    if (!text) return RoomTalkApi::kUsualMessages;
    int limit = 0;
    const char* end = text->data() + text->size();
    const auto [rest, failed] = std::from_chars(text->data(), end, limit);
    if (failed != std::errc() || rest != end || limit < 1 || limit > RoomTalkApi::kMostMessages) {
        return fail_field("limit", fmt::format("must be a whole number from 1 to {}",
                                               RoomTalkApi::kMostMessages));
    }
    return limit;
}

/// Errors: InvalidInput ("before").
Result<std::optional<MessageId>> before_of(const Request& request) {
    const auto text = request.query_value("before");
    if (!text || text->empty()) return std::nullopt;
    if (const auto id = MessageId::parse(*text)) return *id;
    return fail_field("before", "must be the id of a message");
}

}  // namespace

void RoomTalkApi::add_routes(http::Router& router) {
    router.add(Method::Get, "/api/v1/rooms/{code}/messages",
               http::handler_of(*this, &RoomTalkApi::messages));
    router.add(Method::Get, "/api/v1/rooms/{code}/ice", http::handler_of(*this, &RoomTalkApi::ice));
}

Async<Response> RoomTalkApi::messages(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const RoomCode room, RoomCode::parse(request.parameter("code")));
    SW_CO_TRY(const int limit, limit_of(request));
    SW_CO_TRY(const auto before, before_of(request));
    SW_CO_TRY(const ChatPage page, co_await reader_.messages(std::move(who), room, before, limit,
                                                             request.remote_address));
    json::array messages;
    for (const ChatMessage& each : page.messages) {
        messages.push_back(room_protocol::message_json(each, room_protocol::TimeForm::Rfc3339));
    }
    json::object body{{"messages", std::move(messages)}, {"more", page.more}};
    co_return http::answer_json(200, body);
}

Async<Response> RoomTalkApi::ice(Request& request) {
    SW_CO_TRY(Principal who, co_await authenticator_.principal(request));
    SW_CO_TRY(const RoomCode room, RoomCode::parse(request.parameter("code")));
    SW_CO_TRY(const IceServers ice,
              co_await reader_.ice(std::move(who), room, request.remote_address));
    json::array servers;
    for (const IceServer& each : ice.servers) {
        servers.push_back(room_protocol::ice_server_json(each));
    }
    json::object body{{"ice_servers", std::move(servers)},
                      {"expires_at", format_rfc3339(ice.expires_at)}};
    co_return http::answer_json(200, body);
}

}  // namespace syncwatch::room_gateway
