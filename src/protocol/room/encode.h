#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "domain/chat/chat.h"
#include "domain/media/room_film.h"
#include "domain/playback/holds.h"
#include "domain/playback/playback.h"
#include "domain/queue/queue.h"
#include "domain/room/ice_server.h"
#include "domain/room/member.h"
#include "domain/room/room.h"

namespace syncwatch::room_protocol {

/// What the server says in a room, as the text of a frame (docs/room-protocol.md). Made once for
/// all who hear it. Everything given must be UTF-8 where it is text.

/// An item as it is shown: its place, and the film in it.
struct ShownItem {
    const QueueItem* item = nullptr;
    const RoomFilm* film = nullptr;
};

struct Welcome {
    const Member* you = nullptr;
    const Room* room = nullptr;
    std::vector<const Member*> members;  ///< In the order of joining, `you` included.
    const Playback* playback = nullptr;
    const Holds::Active* hold = nullptr;  ///< nullptr: the room waits for nobody.
    std::vector<ShownItem> queue;
    std::span<const ChatMessage> messages;  ///< The newest last.
    std::span<const IceServer> ice;
    WallTime now{};
};

std::string encode_welcome(const Welcome& welcome);
/// `t0` as ClockQuestion gave it.
std::string encode_clock(std::string_view t0, WallTime received, WallTime sent);
std::string encode_playback(const Playback& playback, const Holds::Active* hold);
std::string encode_members(std::span<const Member* const> joined, std::span<const UserId> left,
                           std::span<const Member* const> changed);
std::string encode_queue(std::span<const ShownItem> queue);
std::string encode_room(const Room& room, std::size_t present);
std::string encode_chat(const ChatMessage& message);
std::string encode_react(UserId by, std::string_view name, std::string_view emoji,
                         std::optional<double> position);
std::string encode_voice(UserId member, const VoiceState& state);
/// `data` as SignalFrame gave it.
std::string encode_signal(UserId from, std::string_view data);
/// `message`: of a chat message that is durable now.
std::string encode_ack(std::string_view id, std::optional<MessageId> message);
/// `id` empty: the error is about no frame that has one.
std::string encode_error(std::string_view id, std::string_view code, std::string_view message);
std::string encode_notice(std::string_view code, bool active, std::string_view message);
std::string encode_goodbye(std::string_view reason, std::chrono::milliseconds retry);

/// How a message's time is written: room time in frames, RFC 3339 in HTTP.
enum class TimeForm : std::uint8_t { RoomTime, Rfc3339 };
boost::json::object message_json(const ChatMessage& message, TimeForm form);
boost::json::object ice_server_json(const IceServer& server);

}  // namespace syncwatch::room_protocol
