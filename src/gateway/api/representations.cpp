#include "gateway/api/representations.h"

#include <utility>

#include "base/time.h"

namespace syncwatch::http {

namespace json = boost::json;

json::object resource(std::string_view noun, json::object fields) {
    json::object body = fields;
    body[noun] = std::move(fields);
    return body;
}

json::value text_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    return json::string(text);
}

json::object user_json(const Account& account) {
    return {{"id", account.id.text()},
            {"kind", text(account.kind)},
            {"username", text_or_null(account.username)},
            {"display_name", account.display_name},
            {"admin", account.admin},
            {"created_at", format_rfc3339(account.created_at)}};
}

json::object room_json(const RoomView& view) {
    const Room& room = view.room;
    json::array members;
    for (const std::string& name : view.members) members.emplace_back(name);
    return {{"code", room.code.text()},
            {"name", room.name},
            {"owner", room.owner.text()},
            {"owner_name", view.owner_name},
            {"control", text(room.control)},
            {"visibility", text(room.visibility)},
            {"hold", text(room.hold)},
            {"capacity", room.capacity},
            {"has_password", room.has_password()},
            {"present", view.present},
            {"members", std::move(members)},
            {"mine", view.mine},
            {"created_at", format_rfc3339(room.created_at)}};
}

json::object door_film_json(const RoomFilm& film) {
    return {{"title", film.title}, {"poster", text_or_null(film.door_poster)}};
}

json::object ban_json(const Ban& ban) {
    json::object body{{"id", ban.id.text()},
                      {"user", nullptr},
                      {"address", text_or_null(ban.address)},
                      {"name", ban.name},
                      {"kind", text(ban.kind)},
                      {"made_by", ban.made_by.text()},
                      {"created_at", format_rfc3339(ban.created_at)},
                      {"until", nullptr}};
    if (ban.user) body["user"] = ban.user->text();
    if (ban.until) body["until"] = format_rfc3339(*ban.until);
    return body;
}

}  // namespace syncwatch::http
