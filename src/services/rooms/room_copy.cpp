#include "services/rooms/room_copy.h"

#include <cstddef>
#include <cstdint>
#include <exception>

#include <boost/json/parse.hpp>

#include "services/rooms/peer_shapes.h"

namespace syncwatch {
namespace peer_json {

/// A node that would understand it differently does not take it.
constexpr std::int64_t kCopyVersion = 1;

void parts(auto& way, A<ListedRoom> auto& listed) {
    auto& room = listed.room;
    way("code", room.code);
    way("name", room.name);
    way("owner", room.owner);
    way("owner_name", listed.owner_name);
    way("control", room.control);
    way("visibility", room.visibility);
    way("hold", room.hold);
    way("capacity", room.capacity);
    way("password_hash", room.password_hash);
    way("created_at", room.created_at);
}

void parts(auto& way, A<RoomMembership> auto& membership) {
    way("user", membership.user);
    way("role", membership.role);
    way("since", membership.since);
}

void parts(auto& way, A<Ban> auto& ban) {
    way("user", ban.user);
    way("address", ban.address);
    way("until", ban.until);
}

void parts(auto& way, A<ChatSoFar> auto& chat) {
    way("kept", chat.kept);
    way("last_kept", chat.last_kept);
    way("told_until", chat.told_until);
    way("unkept", chat.unkept);
}

void parts(auto& way, A<QueueItem> auto& item) {
    way("id", item.id);
    way("video", item.video);
    way("added_by", item.added_by);
    way("request", item.request);
    way("voters", item.voters);
}

void parts(auto& way, A<StoredQueue> auto& stored) {
    way("items", stored.queue.items);
    way("version", stored.version);
}

void parts(auto& way, A<VideoError> auto& error) {
    way("code", error.code);
    way("message", error.message);
}

void parts(auto& way, A<RoomFilm::Subtitles> auto& track) {
    way("id", track.id);
    way("language", track.language);
    way("title", track.title);
    way("url", track.url);
}

void parts(auto& way, A<RoomFilm> auto& film) {
    way("video", film.video);
    way("title", film.title);
    way("duration", film.duration);
    way("playable_until", film.playable_until);
    way("status", film.status);
    way("progress", film.progress);
    way("error", film.error);
    way("master", film.master);
    way("sprite", film.sprite);
    way("poster", film.poster);
    way("door_poster", film.door_poster);
    way("subtitles", film.subtitles);
    way("paths_until", film.paths_until);
}

void parts(auto& way, A<SavedPlayback> auto& saved) {
    parts(way, saved.playback);
    way("held", saved.held);
    way("saved_at", saved.saved_at);
}

void parts(auto& way, A<RoomCopy> auto& copy) {
    std::int64_t version = kCopyVersion;
    way("version", version);
    if (version != kCopyVersion) throw Damaged();
    way("room", copy.listed);
    way("staff", copy.staff);
    way("bans", copy.bans);
    way("chat", copy.chat);
    way("queue", copy.queue);
    way("films", copy.films);
    way("playback", copy.playback);
}

}  // namespace peer_json
namespace {

/// A room with a page of chat and a few films.
constexpr std::size_t kUsualCopyBytes = 16384;

}  // namespace

std::string text(const RoomCopy& copy) {
    JsonText out(kUsualCopyBytes);
    peer_json::write(out, copy);
    return out.take();
}

std::optional<RoomCopy> parse_room_copy(std::string_view text) {
    try {
        RoomCopy copy;
        peer_json::read(boost::json::parse(text), copy);
        if (copy.playback) copy.playback->room = copy.listed.room.code;
        return copy;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace syncwatch
