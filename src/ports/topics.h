#pragma once
#include <string>
#include <string_view>

#include "domain/room/room_code.h"

namespace syncwatch::topics {

/// A session is dead; payload: its id. Its sockets must close (4401).
inline const std::string kSessionEnded = "session/ended";
/// The display name or the rights of a user changed; payload: the user's id.
inline const std::string kAccountChanged = "account/changed";
/// An account or guest is gone; payload: the user's id. What is theirs must go too.
inline const std::string kAccountDeleted = "account/deleted";

/// A video's row changed (status, progress, what is playable, title) or is gone; payload: its id.
/// Published after the change is durable, at most about twice a second for one video. Wakes
/// the workers, too.
inline const std::string kVideoChanged = "video/changed";

/// A video was put into the trash, or taken out of it; payload: its id. Published beside
/// kVideoChanged.
inline const std::string kTrashChanged = "video/trash";

/// A ticket to a room was used, or tickets are void; payloads: services/rooms/ticket_notices.h.
inline const std::string kTickets = "tickets";

/// What nodes count against limits that hold for all of them; payload: services/limits.
inline const std::string kLimits = "limits";

/// What nodes ask one another for while the database is away; payload: services/peers.
inline const std::string kPeerAnswers = "peers/answers";

/// The names of nodes, which no two should share; payload: services/nodes.
inline const std::string kNodes = "nodes";

/// What happens to one room from outside of it, and what the nodes that have it tell one another;
/// payloads: services/rooms/room_notices.h and peer_news.h.
inline std::string room(const RoomCode& code) {
    return "room/" + code.compact();
}

}  // namespace syncwatch::topics
