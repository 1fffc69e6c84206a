#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/media/room_film.h"
#include "ports/chat_store.h"
#include "ports/playback_store.h"
#include "ports/queue_store.h"
#include "ports/room_store.h"

namespace syncwatch {

/// What is known of a room's chat.
struct ChatSoFar {
    std::vector<ChatMessage> kept;  ///< The newest that are kept, in their order.
    MessageId last_kept;            ///< The newest kept one that was told; nil: none.
    WallTime told_until{};          ///< Its time.
    /// Acknowledged and in no store yet; the first ones, if there are too many.
    std::vector<ChatDraft> unkept;
};

/// Everything that a room begins with: read from the stores, or, while the database is away, told
/// by a node that has the room.
struct RoomCopy {
    ListedRoom listed;
    std::vector<RoomMembership> staff;
    std::vector<Ban> bans;  ///< In force; of a copy only what decides who is kept out.
    ChatSoFar chat;
    StoredQueue queue;
    std::vector<RoomFilm> films;
    std::optional<SavedPlayback> playback;
};

/// What copies of rooms are called where nodes ask one another (PeerAnswers).
inline const std::string kRoomKind = "room";

/// JSON, with the hash of the room's password: for nodes alone.
std::string text(const RoomCopy& copy);
/// nullopt: it is none, or of another version.
std::optional<RoomCopy> parse_room_copy(std::string_view text);

}  // namespace syncwatch
