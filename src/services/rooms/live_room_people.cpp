// The part of LiveRoom about people: roles, kicks, voice, and what is decided elsewhere.
#include <utility>

#include "base/log/log.h"
#include "domain/room/rights.h"
#include "ports/topics.h"
#include "services/rooms/live_room.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// Who speaks changes quickly; the others need not follow every syllable.
constexpr auto kVoicePause = 100ms;

tl::unexpected<Error> not_here() {
    return fail(ErrorCode::NotFound, "no such member is present");
}

tl::unexpected<Error> not_yours(std::string message) {
    return fail(ErrorCode::Forbidden, std::move(message));
}

net::awaitable<void> write_down(AuditLog& audit, AuditEntry entry) {
    const std::string_view action = entry.action;
    const auto recorded = co_await audit.record(std::move(entry));
    if (!recorded) {
        log::warning("audit.not_recorded",
                     {{"action", action}, {"error", recorded.error().message}});
    }
}

}  // namespace

void LiveRoom::give_role(RoomLine& line, const std::string& id, UserId member, Role role) {
    if (!begin(line, id)) return;
    const UserId by = line.grant.who.user;
    const Present* whom = roster_.find(member);
    if (standing(line) < Role::Owner)
        return settle(by, id, not_yours("only the owner gives roles"));
    if (whom == nullptr) return settle(by, id, not_here());
    if (whom->shown.role == Role::Owner || role == Role::Owner) {
        return settle(by, id, not_yours("a room keeps its owner"));
    }
    if (whom->shown.role == role) return settle(by, id, Result<>());
    spawn("room.role", store_role(by, id, member, role));
}

net::awaitable<void> LiveRoom::store_role(UserId by, std::string id, UserId member, Role role) {
    const WallTime now = powers_.time.now();
    const Result<> stored = co_await powers_.rooms.set_role(room_.code, member, role, now);
    settle(by, id, stored);
    if (!stored) co_return;
    RoomNotice notice;
    notice.kind = RoomNotice::Kind::Role;
    notice.user = member;
    notice.role = role;
    noticed(notice);
    powers_.bus.publish(topics::room(room_.code), role_notice(member, role));
    AuditEntry entry;
    entry.actor = by.text();
    entry.action = "role.given";
    entry.subject = member.text();
    entry.detail = room_.code.text() + ' ' + std::string(text(role));
    co_await write_down(powers_.audit, std::move(entry));
}

void LiveRoom::kick(RoomLine& line, const std::string& id, UserId member) {
    if (!begin(line, id)) return;
    const UserId by = line.grant.who.user;
    Present* whom = roster_.find(member);
    if (whom == nullptr) {
        const bool may = standing(line) >= Role::Moderator;
        return settle(by, id, may ? not_here() : not_yours("may not kick"));
    }
    if (member == by || !may_kick(standing(line), whom->shown.role)) {
        return settle(by, id, not_yours("may not kick"));
    }
    settle(by, id, Result<>());
    powers_.metrics.kicked.fetch_add(1);
    kicked(member);
    if (!rules_.alone) powers_.bus.publish(topics::room(room_.code), kicked_notice(member));
    AuditEntry entry;
    entry.actor = by.text();
    entry.address = line.grant.address;
    entry.action = "member.kicked";
    entry.subject = member.text();
    entry.detail = room_.code.text();
    spawn("room.audit", write_down(powers_.audit, std::move(entry)));
}

void LiveRoom::kicked(UserId user) {
    powers_.tickets.revoke(room_.code, user, {});
    Present* whom = roster_.find(user);
    if (whom != nullptr && whom->here) send_away(*whom, Ending::Kicked);
}

void LiveRoom::set_voice(RoomLine& line, const VoiceState& state) {
    Present& member = *line.notes.member;
    if (member.shown.voice == state) return;
    member.shown.voice = state;
    tell_voice(member, powers_.clock.now());
}

void LiveRoom::tell_voice(Present& member, Instant now) {
    member.voice_waits = now - member.voice_told < kVoicePause;
    if (member.voice_waits) return;
    member.voice_told = now;
    speaker_.voice(*audience_, member.shown.id, *member.shown.voice);
    if (member.here) peer_speaker_.member(member.shown.id);
}

Result<> LiveRoom::signal(RoomLine& line, UserId to, const std::string& data) {
    const Present* receiver = roster_.find(to);
    if (receiver == nullptr) return not_here();
    if (receiver->lines.empty() && receiver->elsewhere.empty()) return not_here();
    speaker_.signal(receiver->lines, line.grant.who.user, data);
    if (!receiver->elsewhere.empty()) peer_speaker_.signal({line.grant.who.user, to, data});
    return {};
}

bool LiveRoom::has_place_for(UserId user) {
    return user == room_.owner || roster_.find(user) != nullptr ||
           roster_.size() < static_cast<std::size_t>(room_.capacity);
}

void LiveRoom::noticed(const RoomNotice& notice) {
    switch (notice.kind) {
        case RoomNotice::Kind::Settings: return spawn("room.settings", read_settings());
        case RoomNotice::Kind::Deleted: gone_ = true; return close_all(Ending::NoSuchRoom);
        case RoomNotice::Kind::Role:
            if (!notice.user) return;
            if (!roster_.set_role(*notice.user, notice.role, powers_.time.now())) return;
            if (roster_.find(*notice.user) != nullptr) {
                news_.changed(*notice.user, powers_.clock.now());
            }
            return look_for_host();
        case RoomNotice::Kind::Kicked:
            if (notice.user) kicked(*notice.user);
            return;
        case RoomNotice::Kind::Banned: break;
    }
    // At once, and in a moment as it was written.
    if (powers_.known != nullptr) {
        powers_.known->ban(room_.code, notice.user, notice.address);
        spawn("room.bans", read_bans());
    }
    std::vector<UserId> out;
    for (const auto& each : roster_.present()) {
        bool meant = notice.user == each->shown.id;
        for (const RoomLine* line : each->lines) {
            meant = meant || (!notice.address.empty() && line->grant.address == notice.address);
        }
        const bool may_stay = each->shown.id == room_.owner || !each->here;
        if (meant && !may_stay) out.push_back(each->shown.id);
    }
    for (const UserId user : out) send_away(*roster_.find(user), Ending::Kicked);
}

net::awaitable<void> LiveRoom::read_settings() {
    auto found = co_await powers_.rooms.find(room_.code);
    if (!found) {
        log::warning("room.settings_not_read",
                     {{"room", room_.code.text()}, {"error", found.error().message}});
        // By what was decided before nobody is let in.
        if (powers_.known != nullptr) powers_.known->forget(room_.code);
        look_again_ = look_again_.value_or(Instant());
        co_return;
    }
    room_ = std::move(found->room);
    co_await read_bans();
    speaker_.room(*audience_, room_, roster_.size());
    screening_.holds().rule(room_.hold, roster_.host(), powers_.time.now());
    screening_.reconcile(moment());
    tell_playback();
}

net::awaitable<void> LiveRoom::read_bans() {
    if (powers_.known == nullptr) co_return;
    auto bans = co_await powers_.rooms.bans(room_.code, powers_.clock.wall());
    if (bans) co_return powers_.known->put(ListedRoom{room_, owner_name_}, *std::move(bans));
    // Whoever is not known to be welcome is not let in.
    powers_.known->forget(room_.code);
    look_again_ = look_again_.value_or(Instant());
}

void LiveRoom::session_ended(SessionId session) {
    std::vector<RoomLine*> ended;
    for (RoomLine* each : roster_.lines()) {
        if (each->grant.who.session == session) ended.push_back(each);
    }
    for (RoomLine* each : ended) {
        Present& member = *each->notes.member;
        end_line(*each, Ending::WhoAreYou);
        if (member.lines.empty()) leave(member, powers_.clock.now());
    }
}

void LiveRoom::account_changed(UserId user) {
    if (roster_.find(user) != nullptr) spawn("room.account", read_account(user));
}

net::awaitable<void> LiveRoom::read_account(UserId user) {
    const auto account = co_await powers_.accounts.find(user);
    Present* member = roster_.find(user);
    if (!account || member == nullptr || member->shown.name == account->display_name) co_return;
    member->shown.name = account->display_name;
    if (!member->lines.empty()) remember_presence(*member, member->lines.front()->grant.address);
    news_.changed(user, powers_.clock.now());
}

void LiveRoom::account_deleted(UserId user) {
    (void)roster_.set_role(user, Role::Viewer, powers_.time.now());
    Present* member = roster_.find(user);
    if (member != nullptr && member->here) send_away(*member, Ending::WhoAreYou);
}

}  // namespace syncwatch
