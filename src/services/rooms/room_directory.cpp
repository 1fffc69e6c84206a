#include "services/rooms/room_directory.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/log/log.h"
#include "domain/account/address_scope.h"
#include "domain/account/names.h"
#include "ports/topics.h"
#include "services/rooms/room_notices.h"

namespace syncwatch {
namespace {

tl::unexpected<Error> not_yours(std::string message) {
    return fail(ErrorCode::Forbidden, std::move(message));
}

Result<std::string> valid_room_name(const std::string& typed) {
    return valid_display_name(typed, "name", Room::kMaxNameCharacters);
}

}  // namespace

RoomDirectory::RoomDirectory(Powers powers, Options options)
    : powers_(powers),
      options_(options),
      passwords_(powers.hasher, powers.random),
      wrong_("passwords.room", options.lockout) {}

Async<RoomView> RoomDirectory::create(Principal who, NewRoom wanted) {
    if (who.is_guest() && !options_.guests_may_create) {
        co_return not_yours("guests may not make rooms");
    }
    Room room;
    SW_CO_TRY(room.name, valid_room_name(wanted.name));
    SW_CO_TRY(const auto owned, co_await powers_.rooms.owned_by(who.user));
    if (owned.size() >= options_.max_owned) {
        co_return fail(ErrorCode::Exhausted, "too many rooms", "too_many_rooms");
    }
    if (!wanted.password.empty()) {
        SW_CO_TRY(room.password_hash, co_await passwords_.hash(wanted.password));
    }
    room.owner = who.user;
    room.control = wanted.control;
    room.visibility = wanted.visibility;
    room.hold = wanted.hold;
    room.capacity = wanted.capacity;
    room.created_at = powers_.clock.wall();
    // 50 random bits: a second draw is already unheard of.
    for (int draw = 0; draw < 3; ++draw) {
        std::array<std::uint8_t, RoomCode::kLength> random{};
        powers_.random.fill(random);
        room.code = RoomCode::make(random);
        const Result<> added = co_await powers_.rooms.add(room);
        if (!added && added.error().code == ErrorCode::Conflict) continue;
        if (!added) co_return fail(added.error());
        ListedRoom listed;
        listed.room = std::move(room);
        listed.owner_name = who.display_name;
        co_return view(std::move(listed), who);
    }
    co_return fail(ErrorCode::Internal, "every room code drawn was taken");
}

Async<std::vector<RoomView>> RoomDirectory::list(std::optional<Principal> who) {
    std::vector<ListedRoom> found;
    if (who) {
        SW_CO_TRY(found, co_await powers_.rooms.rooms_of(who->user, options_.max_listed));
    }
    SW_CO_TRY(auto open, co_await powers_.rooms.public_rooms(options_.max_listed));
    std::set<RoomCode> listed;
    for (const ListedRoom& each : found) listed.insert(each.room.code);
    for (ListedRoom& each : open) {
        if (!listed.contains(each.room.code)) found.push_back(std::move(each));
    }
    std::vector<RoomView> views;
    for (ListedRoom& each : found) {
        views.push_back(view(std::move(each), who));
        views.back().members.clear();
    }
    co_return views;
}

Async<RoomView> RoomDirectory::get(std::optional<Principal> who, RoomCode code,
                                   std::string address) {
    auto found = co_await powers_.rooms.find(code);
    std::optional<ListedRoom> listed;
    if (found) {
        listed = *found;
    } else {
        listed = co_await known(found.error(), code);
    }
    if (!listed) co_return fail(found.error());
    RoomView seen = view(*std::move(listed), who);
    if (!seen.open_to_asker || seen.mine) co_return seen;
    // An address may be banned by itself, so it is looked up for nobody in particular, too.
    const UserId user = who ? who->user : UserId();
    const WallTime now = powers_.clock.wall();
    const std::string scope = address_scope(address);
    std::optional<Ban> ban;
    if (found) {
        SW_CO_TRY(ban, co_await powers_.rooms.ban_on(code, user, scope, now));
    } else {
        ban = powers_.known->ban_on(code, user, scope, now);
    }
    if (ban) {
        seen.open_to_asker = false;
        seen.members.clear();
    }
    co_return seen;
}

Async<RoomView> RoomDirectory::change(Principal who, RoomCode code, Patch patch) {
    SW_CO_TRY(auto listed, co_await powers_.rooms.find(code));
    SW_CO_TRY(const Role standing_here, co_await standing(who, code));
    if (standing_here < Role::Moderator) co_return not_yours("not a moderator of this room");
    const bool about_entry = patch.password || patch.visibility;
    if (about_entry && standing_here < Role::Owner) {
        co_return not_yours("only the owner decides who gets in");
    }
    RoomChanges changes;
    if (patch.name) {
        SW_CO_TRY(changes.name, valid_room_name(*patch.name));
    }
    if (patch.password && patch.password->empty()) changes.password_hash = std::string();
    if (patch.password && !patch.password->empty()) {
        SW_CO_TRY(changes.password_hash, co_await passwords_.hash(*patch.password));
    }
    changes.control = patch.control;
    changes.visibility = patch.visibility;
    changes.hold = patch.hold;
    changes.capacity = patch.capacity;
    SW_CO_TRY(listed.room, co_await powers_.rooms.change(code, std::move(changes)));
    powers_.bus.publish(topics::room(code), settings_notice());
    co_return view(std::move(listed), who);
}

Async<> RoomDirectory::remove(Principal who, RoomCode code, std::string address) {
    SW_CO_CHECK(co_await powers_.rooms.find(code));
    SW_CO_TRY(const Role standing_here, co_await standing(who, code));
    if (standing_here < Role::Owner) co_return not_yours("only the owner may delete the room");
    AuditEntry entry;
    entry.actor = who.user.text();
    entry.address = address;
    co_return co_await delete_room(code, std::move(entry));
}

Async<> RoomDirectory::remove_as_operator(RoomCode code) {
    AuditEntry entry;
    entry.actor = "operator";
    co_return co_await delete_room(code, std::move(entry));
}

Async<> RoomDirectory::delete_room(RoomCode code, AuditEntry entry) {
    SW_CO_CHECK(co_await powers_.rooms.remove(code));
    powers_.bus.publish(topics::room(code), deleted_notice());
    entry.action = "room.deleted";
    entry.subject = code.text();
    co_await audit(std::move(entry));
    co_return Result<>();
}

Async<std::vector<RoomView>> RoomDirectory::all() {
    constexpr int kAll = 1'000'000;
    SW_CO_TRY(auto found, co_await powers_.rooms.all_rooms(kAll));
    std::vector<RoomView> views;
    for (ListedRoom& each : found) views.push_back(view(std::move(each), std::nullopt));
    co_return views;
}

Async<Role> RoomDirectory::standing(Principal who, RoomCode code) {
    if (who.admin) co_return Role::Owner;
    co_return co_await powers_.rooms.role(code, who.user);
}

RoomView RoomDirectory::view(ListedRoom listed, const std::optional<Principal>& who) const {
    RoomView seen;
    seen.owner_name = std::move(listed.owner_name);
    seen.present = powers_.presence.present(listed.room.code);
    seen.mine = who && who->user == listed.room.owner;
    seen.open_to_asker = !listed.room.has_password() || seen.mine;
    if (seen.open_to_asker) seen.members = powers_.presence.names(listed.room.code);
    seen.room = std::move(listed.room);
    return seen;
}

net::awaitable<void> RoomDirectory::audit(AuditEntry entry) {
    const std::string_view action = entry.action;
    const auto recorded = co_await powers_.audit.record(std::move(entry));
    if (!recorded) {
        log::warning("audit.not_recorded",
                     {{"action", action}, {"error", recorded.error().message}});
    }
}

}  // namespace syncwatch
