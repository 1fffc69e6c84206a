#include "protocol/room/shapes.h"

#include "domain/account/account.h"

namespace syncwatch::room_protocol {
namespace {

void put_path(JsonText& out, std::string_view name, const std::string& path) {
    out.name(name);
    if (path.empty()) {
        out.value(nullptr);
    } else {
        out.value(path);
    }
}

void put_ids(JsonText& out, std::string_view name, const std::vector<UserId>& ids) {
    out.name(name);
    out.open_array();
    for (const UserId& each : ids) out.value(each);
    out.close_array();
}

/// All of a member but the closing bracket.
void put_open(JsonText& out, const Member& member) {
    out.open_object();
    out.set("id", member.id);
    out.set("name", member.name);
    out.set("kind", text(member.kind));
    out.set("role", text(member.role));
    out.set("host", member.host);
    out.set("state", text(member.state));
    out.set("drift_ms", member.drift_ms);
    out.name("voice");
    if (member.voice) {
        put(out, *member.voice);
    } else {
        out.value(nullptr);
    }
}

}  // namespace

void put(JsonText& out, const VoiceState& voice) {
    out.open_object();
    out.set("joined", voice.joined);
    out.set("muted", voice.muted);
    out.set("speaking", voice.speaking);
    out.close_object();
}

void put(JsonText& out, const Member& member) {
    put_open(out, member);
    out.close_object();
}

void put_you(JsonText& out, const Member& member) {
    put_open(out, member);
    // A member is a person: who you are is what you resume as.
    out.set("resume", member.id);
    out.close_object();
}

void put(JsonText& out, const Room& room, std::size_t present) {
    out.open_object();
    out.set("code", room.code.text());
    out.set("name", room.name);
    out.set("owner", room.owner);
    out.set("control", text(room.control));
    out.set("visibility", text(room.visibility));
    out.set("hold", text(room.hold));
    out.set("capacity", room.capacity);
    out.set("has_password", room.has_password());
    out.set("present", present);
    out.set("created_at", format_rfc3339(room.created_at));
    out.close_object();
}

void put(JsonText& out, const Playback& playback, const Holds::Active* hold) {
    out.open_object();
    out.set("item", playback.item);
    out.set("video", playback.video);
    out.set("paused", playback.paused);
    out.set("rate", playback.rate);
    out.set("position", playback.position);
    out.set("at_us", to_micros(playback.at));
    out.set("stamp", playback.stamp.text());
    out.set("by", playback.by);
    static const std::vector<UserId> nobody;
    put_ids(out, "held", hold == nullptr ? nobody : hold->waiting);
    out.name("hold");
    if (hold == nullptr) {
        out.value(nullptr);
    } else {
        out.open_object();
        out.set("until_us", to_micros(hold->until));
        put_ids(out, "members", hold->waiting);
        out.close_object();
    }
    out.close_object();
}

void put(JsonText& out, const ShownItem& shown) {
    const QueueItem& item = *shown.item;
    const RoomFilm& film = *shown.film;
    out.open_object();
    out.set("id", item.id);
    out.set("video", item.video);
    out.set("title", film.title);
    out.set("duration", film.duration);
    out.set("playable_until", film.playable_until);
    out.set("status", text(film.status));
    out.set("progress", film.progress);
    if (film.error) {
        out.name("error");
        out.open_object();
        out.set("code", film.error->code);
        out.set("message", film.error->message);
        out.close_object();
    }
    out.set("added_by", item.added_by);
    out.set("votes", item.voters.size());
    put_path(out, "master", film.master);
    put_path(out, "sprite", film.sprite);
    put_path(out, "poster", film.poster);
    out.name("subtitles");
    out.open_array();
    for (const RoomFilm::Subtitles& each : film.subtitles) {
        out.open_object();
        out.set("id", each.id);
        out.set("language", each.language);
        out.set("title", each.title);
        out.set("url", each.url);
        out.close_object();
    }
    out.close_array();
    out.close_object();
}

void put(JsonText& out, const ChatMessage& message, TimeForm form) {
    out.open_object();
    out.set("id", message.id);
    out.set("by", message.by);
    out.set("name", message.name);
    out.set("text", message.text);
    out.set("reply_to", message.reply_to);
    out.set("position", message.position);
    if (form == TimeForm::RoomTime) {
        out.set("sent_at", to_micros(message.sent_at));
    } else {
        out.set("sent_at", format_rfc3339(message.sent_at));
    }
    out.close_object();
}

void put(JsonText& out, const IceServer& server) {
    out.open_object();
    out.name("urls");
    out.open_array();
    for (const std::string& url : server.urls) out.value(url);
    out.close_array();
    if (!server.username.empty()) {
        out.set("username", server.username);
        out.set("credential", server.credential);
    }
    out.close_object();
}

}  // namespace syncwatch::room_protocol
