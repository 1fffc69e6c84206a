// The part of RoomDirectory that keeps people out.
#include <utility>

#include "domain/account/address_scope.h"
#include "ports/topics.h"
#include "services/rooms/room_directory.h"
#include "services/rooms/room_notices.h"

namespace syncwatch {
namespace {

tl::unexpected<Error> may_not_ban() {
    return fail(ErrorCode::Forbidden, "may not ban or unban here");
}

}  // namespace

Async<std::vector<Ban>> RoomDirectory::bans(Principal who, RoomCode code) {
    SW_CO_CHECK(co_await powers_.rooms.find(code));
    SW_CO_TRY(const Role standing_here, co_await standing(who, code));
    if (standing_here < Role::Moderator) co_return may_not_ban();
    co_return co_await powers_.rooms.bans(code, powers_.clock.wall());
}

Async<Ban> RoomDirectory::ban(Principal who, RoomCode code, NewBan wanted, std::string address) {
    SW_CO_TRY(const auto listed, co_await powers_.rooms.find(code));
    SW_CO_TRY(const Role standing_here, co_await standing(who, code));
    if (standing_here < Role::Moderator) co_return may_not_ban();
    SW_CO_TRY(Ban ban, co_await ban_target(code, wanted));
    if (ban.user) {
        SW_CO_TRY(const Role theirs, co_await powers_.rooms.role(code, *ban.user));
        if (*ban.user == who.user || *ban.user == listed.room.owner || theirs >= standing_here) {
            co_return may_not_ban();
        }
        if (theirs != Role::Viewer) {
            SW_CO_CHECK(co_await powers_.rooms.set_role(code, *ban.user, Role::Viewer,
                                                        powers_.clock.wall()));
            powers_.bus.publish(topics::room(code), role_notice(*ban.user, Role::Viewer));
        }
    }
    ban.room = code;
    ban.made_by = who.user;
    ban.created_at = powers_.clock.wall();
    ban.id = powers_.random.make_id<BanId>(ban.created_at);
    if (wanted.lasting) ban.until = ban.created_at + *wanted.lasting;
    SW_CO_CHECK(co_await powers_.rooms.add_ban(ban));
    powers_.tickets.revoke(code, ban.user, ban.address);
    powers_.bus.publish(topics::room(code), banned_notice(ban.user, ban.address));

    AuditEntry entry;
    entry.actor = who.user.text();
    entry.address = address;
    entry.action = "ban.made";
    entry.subject = ban.user ? ban.user->text() : ban.address;
    entry.detail = code.text();
    co_await audit(std::move(entry));
    co_return ban;
}

Async<Ban> RoomDirectory::ban_target(RoomCode code, NewBan wanted) {
    Ban ban;
    std::optional<PresentMember> present;
    if (wanted.user) present = powers_.presence.find(code, *wanted.user);
    if (present) {
        ban.user = present->user;
        ban.name = present->name;
        ban.kind = present->kind;
        if (wanted.address_too) ban.address = present->address;
    } else if (wanted.user) {
        SW_CO_TRY(const Account account, co_await powers_.accounts.find(*wanted.user));
        ban.user = account.id;
        ban.name = account.display_name;
        ban.kind = account.kind;
    }
    if (!wanted.address.empty()) ban.address = address_scope(wanted.address);
    if (!ban.user && ban.address.empty()) {
        co_return fail_field("member", "name a member, a user or an address");
    }
    if (!ban.user) ban.name = ban.address;
    co_return ban;
}

Async<> RoomDirectory::lift_ban(Principal who, RoomCode code, BanId id, std::string address) {
    SW_CO_CHECK(co_await powers_.rooms.find(code));
    SW_CO_TRY(const Role standing_here, co_await standing(who, code));
    if (standing_here < Role::Moderator) co_return may_not_ban();
    SW_CO_TRY(const Ban lifted, co_await powers_.rooms.lift_ban(code, id));
    // Live rooms know the bans by heart: they read them anew.
    powers_.bus.publish(topics::room(code), settings_notice());
    AuditEntry entry;
    entry.actor = who.user.text();
    entry.address = address;
    entry.action = "ban.lifted";
    entry.subject = lifted.user ? lifted.user->text() : lifted.address;
    entry.detail = code.text();
    co_await audit(std::move(entry));
    co_return Result<>();
}

}  // namespace syncwatch
