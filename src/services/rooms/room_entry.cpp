// The part of RoomDirectory that lets people in.
#include <algorithm>
#include <utility>

#include "base/log/log.h"
#include "domain/account/address_scope.h"
#include "services/rooms/room_directory.h"

namespace syncwatch {
namespace {

tl::unexpected<Error> banned(const Ban& ban, WallTime now) {
    Error error;
    error.code = ErrorCode::Forbidden;
    error.message = "banned from the room";
    error.reason = "banned";
    if (ban.until) error.retry_after = std::chrono::ceil<std::chrono::seconds>(*ban.until - now);
    return fail(std::move(error));
}

}  // namespace

Async<RoomDirectory::Joined> RoomDirectory::join(Principal who, RoomCode code,
                                                 std::optional<std::string> password,
                                                 std::string address) {
    Result<Joined> joined = co_await join_stored(who, code, password, address);
    if (joined) co_return joined;
    auto listed = co_await known(joined.error(), code);
    if (!listed) co_return joined;
    co_return co_await join_known(std::move(who), *std::move(listed), std::move(password),
                                  std::move(address));
}

/// What is known of the room, if the database is away.
net::awaitable<std::optional<ListedRoom>> RoomDirectory::known(Error error, RoomCode code) const {
    const bool away = error.code == ErrorCode::Unavailable && error.component == "database";
    if (!away || powers_.known == nullptr) co_return std::nullopt;
    co_return co_await powers_.known->look_for(code);
}

Async<RoomDirectory::Joined> RoomDirectory::join_known(Principal who, ListedRoom listed,
                                                       std::optional<std::string> password,
                                                       std::string address) {
    const std::string scope = address_scope(address);
    const WallTime now = powers_.clock.wall();
    if (listed.room.owner == who.user) {
        co_return let_in(std::move(who), std::move(listed), Role::Owner, scope);
    }
    if (const auto ban = powers_.known->ban_on(listed.room.code, who.user, scope, now)) {
        co_return banned(*ban, now);
    }
    SW_CO_CHECK(co_await check_password(listed.room, std::move(password), scope));
    SW_CO_CHECK(check_seat(listed.room, who.user));
    // Moderators are known to the room itself.
    co_return let_in(std::move(who), std::move(listed), Role::Viewer, scope);
}

RoomDirectory::Joined RoomDirectory::let_in(Principal who, ListedRoom listed, Role role,
                                            std::string scope) {
    Joined joined;
    joined.grant.room = listed.room.code;
    joined.grant.who = who;
    joined.grant.role = role;
    joined.grant.address = std::move(scope);
    joined.ticket = powers_.tickets.issue(joined.grant);
    joined.room = view(std::move(listed), who);
    return joined;
}

Async<RoomDirectory::Joined> RoomDirectory::join_stored(Principal who, RoomCode code,
                                                        std::optional<std::string> password,
                                                        std::string address) {
    const std::string scope = address_scope(address);
    SW_CO_TRY(auto listed, co_await powers_.rooms.find(code));
    const bool owner = listed.room.owner == who.user;
    if (!owner) {
        SW_CO_CHECK(co_await check_not_banned(who, code, address));
        SW_CO_CHECK(co_await check_password(listed.room, std::move(password), scope));
        SW_CO_CHECK(check_seat(listed.room, who.user));
    }
    const WallTime now = powers_.clock.wall();
    Result<Role> role = co_await powers_.rooms.remember(code, who.user, now);
    if (!role && role.error().reason == "no_such_room") co_return fail(role.error());
    if (!role) {
        // Who was here is a convenience: it must not keep anybody out while writing fails, or while
        // the account of a guest who came with the database away is still to be written.
        log::warning("room.visit_not_stored", {{"error", role.error().message}});
        role = co_await powers_.rooms.role(code, who.user);
        if (!role) co_return fail(role.error());
    }
    co_return let_in(std::move(who), std::move(listed), *role, scope);
}

Async<> RoomDirectory::check_not_banned(Principal who, RoomCode code, std::string address) {
    const WallTime now = powers_.clock.wall();
    std::string scope = address_scope(address);
    SW_CO_TRY(const auto ban, co_await powers_.rooms.ban_on(code, who.user, std::move(scope), now));
    if (ban) co_return banned(*ban, now);
    co_return Result<>();
}

Async<> RoomDirectory::check_password(Room room, std::optional<std::string> password,
                                      std::string scope) {
    if (!room.has_password()) co_return Result<>();
    const std::string key = room.code.compact() + ' ' + scope;
    SW_CO_CHECK(wrong_.check(key, powers_.clock.now()));
    const auto refused = [] {
        return fail(ErrorCode::Forbidden, "wrong room password", "wrong_password");
    };
    // Nothing typed yet is no guess: it only asks whether there is a password.
    if (!password || password->empty()) co_return refused();
    SW_CO_TRY(const bool right,
              co_await passwords_.check(room.password_hash, *std::move(password)));
    SW_CO_CHECK(wrong_.settle(key, right, powers_.clock.now()));
    if (right) co_return Result<>();
    co_return refused();
}

Result<> RoomDirectory::check_seat(const Room& room, UserId user) {
    const auto capacity = static_cast<std::size_t>(room.capacity);
    const auto full = [] { return fail(ErrorCode::Exhausted, "the room is full", "room_full"); };
    const std::size_t present = powers_.presence.present(room.code);
    // Whoever is inside may come back, in another tab or after a drop, without a second seat.
    if (powers_.presence.find(room.code, user)) {
        if (present > capacity) return full();
        return {};
    }
    if (present >= capacity) return full();
    std::vector<UserId> coming = powers_.tickets.holders(room.code);
    std::erase(coming, user);
    if (present + coming.size() < capacity) return {};
    // Close to the limit it counts that some of those who come are inside already.
    std::erase_if(coming,
                  [&](UserId each) { return powers_.presence.find(room.code, each).has_value(); });
    if (present + coming.size() < capacity) return {};
    return full();
}

}  // namespace syncwatch
