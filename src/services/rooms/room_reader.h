#pragma once
#include <optional>
#include <string>

#include "ports/chat_store.h"
#include "ports/ice_provider.h"
#include "services/rooms/room_directory.h"

namespace syncwatch {

/// What somebody may read of the inside of a room without a socket: its chat, and the servers that
/// help its members reach one another. For whoever would be let in: not the banned; where a
/// password keeps strangers out, only who is inside, the owner and the moderators. Safe from any
/// thread; every call also fails with Unavailable, NotFound ("no_such_room") and Forbidden
/// ("banned"). `address` is the client's IP address.
class RoomReader {
public:
    struct Powers {
        RoomDirectory& directory;
        RoomStore& rooms;
        const RoomPresence& presence;
        ChatStore& chat;
        const IceProvider& ice;
        const Clock& clock;
    };

    explicit RoomReader(Powers powers) : powers_(powers) {}

    /// The newest `limit` messages before `before`; nullopt: of all.
    Async<ChatPage> messages(Principal who, RoomCode room, std::optional<MessageId> before,
                             int limit, std::string address);
    Async<IceServers> ice(Principal who, RoomCode room, std::string address);

private:
    Async<> check(Principal who, RoomCode room, std::string address);

    const Powers powers_;
};

}  // namespace syncwatch
