#include "services/rooms/room_reader.h"

#include <utility>

#include "services/rooms/store_tries.h"

namespace syncwatch {

Async<> RoomReader::check(Principal who, RoomCode room, std::string address) {
    const auto found = co_await powers_.rooms.find(room);
    // Whoever is inside was let in, and need not be asked for while the database is away.
    const bool inside = powers_.presence.find(room, who.user).has_value();
    if (!found && inside && store_is_away(found.error())) co_return Result<>();
    if (!found) co_return fail(found.error());
    const ListedRoom& listed = *found;
    if (who.admin || listed.room.owner == who.user) co_return Result<>();
    SW_CO_CHECK(co_await powers_.directory.check_not_banned(who, room, std::move(address)));
    if (!listed.room.has_password() || inside) co_return Result<>();
    SW_CO_TRY(const Role role, co_await powers_.rooms.role(room, who.user));
    if (role >= Role::Moderator) co_return Result<>();
    co_return fail(ErrorCode::Forbidden, "not inside of this room");
}

Async<ChatPage> RoomReader::messages(Principal who, RoomCode room, std::optional<MessageId> before,
                                     int limit, std::string address) {
    SW_CO_CHECK(co_await check(std::move(who), room, std::move(address)));
    co_return co_await powers_.chat.before(room, before, limit);
}

Async<IceServers> RoomReader::ice(Principal who, RoomCode room, std::string address) {
    const UserId user = who.user;
    SW_CO_CHECK(co_await check(std::move(who), room, std::move(address)));
    co_return powers_.ice.servers_for(user, powers_.clock.wall());
}

}  // namespace syncwatch
