#include "services/rooms/room_copy.h"

#include <exception>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "services/rooms/copy_json.h"

namespace syncwatch {
namespace {

namespace json = boost::json;
using namespace copy_json;

/// A node that would understand it differently does not take it.
constexpr std::int64_t kVersion = 1;

template <class Value>
Value there(std::optional<Value> value) {
    if (!value) throw Damaged();
    return *std::move(value);
}

json::object room_object(const ListedRoom& listed) {
    const Room& room = listed.room;
    json::object out;
    put(out, "code", room.code.compact());
    put(out, "name", room.name);
    put(out, "owner", room.owner);
    put(out, "owner_name", listed.owner_name);
    put(out, "control", std::string(text(room.control)));
    put(out, "visibility", std::string(text(room.visibility)));
    put(out, "hold", std::string(text(room.hold)));
    put(out, "capacity", std::int64_t{room.capacity});
    put(out, "password_hash", room.password_hash);
    put(out, "created_at", room.created_at);
    return out;
}

ListedRoom read_listed(const json::object& from) {
    ListedRoom listed;
    Room& room = listed.room;
    std::int64_t capacity = 0;
    room.code = checked(RoomCode::parse(letters(from.at("code"))));
    take(from, "name", room.name);
    take(from, "owner", room.owner);
    take(from, "owner_name", listed.owner_name);
    room.control = there(parse_control(letters(from.at("control"))));
    room.visibility = there(parse_visibility(letters(from.at("visibility"))));
    room.hold = there(parse_hold(letters(from.at("hold"))));
    take(from, "capacity", capacity);
    room.capacity = static_cast<int>(capacity);
    take(from, "password_hash", room.password_hash);
    take(from, "created_at", room.created_at);
    return listed;
}

json::object membership_object(const RoomMembership& membership) {
    json::object out;
    put(out, "user", membership.user);
    put(out, "role", std::string(text(membership.role)));
    put(out, "since", membership.since);
    return out;
}

RoomMembership read_membership(const json::object& from) {
    RoomMembership membership;
    take(from, "user", membership.user);
    membership.role = there(parse_role(letters(from.at("role"))));
    take(from, "since", membership.since);
    return membership;
}

json::object ban_object(const Ban& ban) {
    json::object out;
    put(out, "user", ban.user);
    put(out, "address", ban.address);
    put(out, "until", ban.until);
    return out;
}

Ban read_ban(const json::object& from) {
    Ban ban;
    take(from, "user", ban.user);
    take(from, "address", ban.address);
    take(from, "until", ban.until);
    return ban;
}

json::object item_object(const QueueItem& item) {
    json::object out;
    put(out, "id", item.id);
    put(out, "video", item.video);
    put(out, "added_by", item.added_by);
    put(out, "request", item.request);
    out["voters"] = ids_of(item.voters);
    return out;
}

QueueItem read_item(const json::object& from) {
    QueueItem item;
    take(from, "id", item.id);
    take(from, "video", item.video);
    take(from, "added_by", item.added_by);
    take(from, "request", item.request);
    item.voters = read_ids<UserTag>(from.at("voters"));
    return item;
}

json::object subtitles_object(const RoomFilm::Subtitles& track) {
    json::object out;
    put(out, "id", track.id);
    put(out, "language", track.language);
    put(out, "title", track.title);
    put(out, "url", track.url);
    return out;
}

RoomFilm::Subtitles read_subtitles(const json::object& from) {
    RoomFilm::Subtitles track;
    take(from, "id", track.id);
    take(from, "language", track.language);
    take(from, "title", track.title);
    take(from, "url", track.url);
    return track;
}

json::object room_film_object(const RoomFilm& film) {
    json::object out;
    put(out, "video", film.video);
    put(out, "title", film.title);
    put(out, "duration", film.duration);
    put(out, "playable_until", film.playable_until);
    put(out, "status", std::string(text(film.status)));
    put(out, "progress", film.progress);
    if (film.error) {
        put(out, "error", film.error->code);
        put(out, "error_message", film.error->message);
    }
    put(out, "master", film.master);
    put(out, "sprite", film.sprite);
    put(out, "poster", film.poster);
    put(out, "door_poster", film.door_poster);
    out["subtitles"] = list_of(film.subtitles, subtitles_object);
    put(out, "paths_until", film.paths_until);
    return out;
}

template <class Value>
std::vector<Value> read_list(const json::value& from, Value (*read_one)(const json::object&)) {
    std::vector<Value> out;
    for (const json::value& each : from.as_array()) out.push_back(read_one(each.as_object()));
    return out;
}

RoomFilm read_room_film(const json::object& from) {
    RoomFilm film;
    take(from, "video", film.video);
    take(from, "title", film.title);
    take(from, "duration", film.duration);
    take(from, "playable_until", film.playable_until);
    film.status = there(parse_video_status(letters(from.at("status"))));
    take(from, "progress", film.progress);
    if (from.contains("error")) {
        take(from, "error", film.error.emplace().code);
        take(from, "error_message", film.error->message);
    }
    take(from, "master", film.master);
    take(from, "sprite", film.sprite);
    take(from, "poster", film.poster);
    take(from, "door_poster", film.door_poster);
    film.subtitles = read_list(from.at("subtitles"), read_subtitles);
    take(from, "paths_until", film.paths_until);
    return film;
}

json::object saved_object(const SavedPlayback& saved) {
    json::object out;
    put_playback(out, saved.playback);
    put(out, "held", saved.held);
    put(out, "saved_at", saved.saved_at);
    return out;
}

SavedPlayback read_saved(const json::object& from) {
    SavedPlayback saved;
    saved.playback = read_playback(from);
    take(from, "held", saved.held);
    take(from, "saved_at", saved.saved_at);
    return saved;
}

RoomCopy read_copy(const json::object& from) {
    if (from.at("version").to_number<std::int64_t>() != kVersion) throw Damaged();
    RoomCopy copy;
    copy.listed = read_listed(from.at("room").as_object());
    copy.staff = read_list(from.at("staff"), read_membership);
    copy.bans = read_list(from.at("bans"), read_ban);
    copy.chat.kept = read_list(from.at("chat"), read_message);
    copy.chat.unkept = read_list(from.at("unkept"), read_draft);
    take(from, "last_kept", copy.chat.last_kept);
    take(from, "told_until", copy.chat.told_until);
    copy.queue.queue.items = read_list(from.at("queue"), read_item);
    take(from, "queue_version", copy.queue.version);
    copy.films = read_list(from.at("films"), read_room_film);
    if (const json::value* saved = from.if_contains("playback")) {
        copy.playback = read_saved(saved->as_object());
        copy.playback->room = copy.listed.room.code;
    }
    return copy;
}

}  // namespace

std::string text(const RoomCopy& copy) {
    json::object out;
    put(out, "version", kVersion);
    out["room"] = room_object(copy.listed);
    out["staff"] = list_of(copy.staff, membership_object);
    out["bans"] = list_of(copy.bans, ban_object);
    out["chat"] = list_of(copy.chat.kept, message_object);
    out["unkept"] = list_of(copy.chat.unkept, draft_object);
    put(out, "last_kept", copy.chat.last_kept);
    put(out, "told_until", copy.chat.told_until);
    out["queue"] = list_of(copy.queue.queue.items, item_object);
    put(out, "queue_version", copy.queue.version);
    out["films"] = list_of(copy.films, room_film_object);
    if (copy.playback) out["playback"] = saved_object(*copy.playback);
    return json::serialize(out);
}

std::optional<RoomCopy> parse_room_copy(std::string_view text) {
    try {
        return read_copy(json::parse(text).as_object());
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace syncwatch
