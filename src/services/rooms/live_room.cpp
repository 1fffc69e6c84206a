#include "services/rooms/live_room.h"

#include <algorithm>
#include <utility>

#include "base/log/log.h"

namespace syncwatch {

LiveRoom::LiveRoom(Room room, RoomPowers& powers, const RoomRules& rules, RoomSpeaker& speaker,
                   Host& host)
    : room_(std::move(room)),
      powers_(powers),
      rules_(rules),
      speaker_(speaker),
      audience_(speaker.gather()),
      host_(host),
      news_(roster_, speaker, *audience_),
      screening_(*this, rules.node, rules.holds),
      chat_(room_.code, powers, rules, *this),
      queue_(room_.code, powers, *this) {
    powers_.time.begin_use();
    powers_.metrics.rooms.fetch_add(1);
}

LiveRoom::~LiveRoom() {
    powers_.metrics.rooms.fetch_sub(1);
    powers_.time.end_use();
}

Async<> LiveRoom::load() {
    SW_CO_TRY(const auto staff, co_await powers_.rooms.staff(room_.code));
    roster_.set_staff(staff);
    SW_CO_CHECK(co_await chat_.load());
    SW_CO_CHECK(co_await queue_.load());
    SW_CO_TRY(const auto saved, co_await powers_.playback.load(room_.code));
    lead_ = roster_.lead(powers_.time.now());
    empty_since_ = powers_.clock.now();
    left_at_ = powers_.time.now();
    screening_.holds().rule(room_.hold, std::nullopt, left_at_);
    if (saved) {
        if (!check_not_ahead(saved->playback.stamp, left_at_)) {
            powers_.metrics.refused_stamps.fetch_add(1);
            log::warning("room.clock_went_back",
                         {{"room", room_.code.text()}, {"stamp", saved->playback.stamp.text()}});
        }
        if (saved->playback.video) screening_.set_film(queue_.extent_of(*saved->playback.video));
        screening_.restore(*saved, moment(), rules_.empty_patience);
        left_at_ = saved->saved_at;
    } else {
        screening_.begin(left_at_);
    }
    fit_film_to_queue(queue_.queue());
    playback_untold_ = false;
    work_on_films();
    co_return Result<>();
}

Async<std::vector<ChatMessage>> LiveRoom::messages_for(std::optional<MessageId> last) {
    if (!last) co_return chat_.history();
    co_return co_await chat_.missed(*last);
}

void LiveRoom::enter(RoomLine& line, bool resume, std::vector<ChatMessage> messages) {
    const Instant now = powers_.clock.now();
    const WallTime room_now = powers_.time.now();
    const Principal& who = line.grant.who;
    Present* member = roster_.find(who.user);
    const bool fresh = member == nullptr;
    const bool new_page = !fresh && !resume && member->lines.empty();
    if (fresh) {
        member = &roster_.add(who, room_now);
        powers_.metrics.members.fetch_add(1);
        powers_.metrics.joins.fetch_add(1);
    } else if (resume) {
        powers_.metrics.resumes.fetch_add(1);
    }
    if (fresh || new_page) screening_.holds().joined(who.user, room_now);
    if (new_page) member->shown.state = MemberState::Joining;
    const bool renamed = member->shown.name != who.display_name;
    member->shown.name = who.display_name;

    roster_.attach(*member, line);
    audience_->add(line);
    line.notes.room = this;
    line.notes.resumed = resume;
    line.notes.ready_once = resume && !fresh;
    powers_.metrics.lines.fetch_add(1);
    remember_presence(*member, line);
    empty_since_.reset();

    // The welcome is the first that a line hears; what it changes for others comes after.
    const std::vector<Present*> hosts = roster_.choose_host();
    const IceServers ice = powers_.ice.servers_for(who.user, powers_.clock.wall());
    std::vector<const Member*> members;
    members.reserve(roster_.size());
    for (const auto& each : roster_.present()) members.push_back(&each->shown);
    speaker_.welcome(line, {member->shown, room_, std::move(members), screening_.playback(),
                            screening_.hold(), queue_.shown(), messages, ice.servers, room_now});
    if (degraded_) speaker_.notice(line, "database_degraded", true);
    for (const std::string& code : host_.notices()) speaker_.notice(line, code, true);
    if (fresh) {
        news_.joined(who.user, now);
    } else if (new_page || renamed) {
        news_.changed(who.user, now);
    }
    for (const Present* each : hosts) {
        if (each != member || !fresh) news_.changed(each->shown.id, now);
    }
    screening_.holds().rule(room_.hold, roster_.host(), room_now);
    screening_.reconcile(moment());
    tell_playback();
    line.entered();
}

void LiveRoom::drop(RoomLine& line, bool leaving) {
    Present& member = *line.notes.member;
    roster_.detach(line, powers_.clock.now());
    audience_->remove(line);
    line.notes.room = nullptr;
    powers_.metrics.lines.fetch_sub(1);
    if (!member.lines.empty()) return;
    if (leaving) return leave(member, powers_.clock.now());
    // Nobody waits for whoever cannot say that they are ready.
    MemberReport away;
    away.state = MemberState::Away;
    away.at = powers_.time.now();
    screening_.heard(member.shown.id, away, moment());
    tell_playback();
}

void LiveRoom::end_line(RoomLine& line, Ending why) {
    roster_.detach(line, powers_.clock.now());
    audience_->remove(line);
    line.notes.room = nullptr;
    powers_.metrics.lines.fetch_sub(1);
    host_.forget(line);
    line.end(why);
}

void LiveRoom::send_away(Present& member, Ending why) {
    while (!member.lines.empty()) end_line(*member.lines.back(), why);
    leave(member, powers_.clock.now());
}

void LiveRoom::leave(Present& member, Instant now) {
    const UserId user = member.shown.id;
    left_at_ = powers_.time.at(member.dropped.value_or(now));
    roster_.remove(member);
    screening_.holds().left(user, powers_.time.now());
    powers_.presence.remove(room_.code, user);
    powers_.metrics.members.fetch_sub(1);
    if (roster_.empty()) empty_since_ = now;
    news_.left(user, now);
    look_for_host();
    screening_.reconcile(moment());
    tell_playback();
}

void LiveRoom::look_for_host() {
    const Instant now = powers_.clock.now();
    for (const Present* each : roster_.choose_host()) news_.changed(each->shown.id, now);
    screening_.holds().rule(room_.hold, roster_.host(), powers_.time.now());
}

void LiveRoom::remember_presence(const Present& member, const RoomLine& line) {
    PresentMember present;
    present.user = member.shown.id;
    present.kind = member.shown.kind;
    present.name = member.shown.name;
    present.address = line.grant.address;
    powers_.presence.put(room_.code, std::move(present));
}

Screening::Moment LiveRoom::moment() const {
    return {powers_.time.now(), lead_};
}

void LiveRoom::tick(Instant now) {
    std::vector<Present*> lost;
    for (const auto& each : roster_.present()) {
        if (each->dropped && now - *each->dropped >= rules_.grace) lost.push_back(each.get());
        if (each->voice_waits) tell_voice(*each, now);
    }
    for (Present* each : lost) {
        powers_.metrics.lost.fetch_add(1);
        leave(*each, now);
    }
    lead_ = roster_.lead(powers_.time.now());
    screening_.tick(moment());
    if (const auto end = screening_.end(); end && *end <= powers_.time.now()) on_end(*end);
    if (empty_since_ && now - *empty_since_ >= rules_.empty_patience) {
        screening_.stand_where_it_was(left_at_, moment());
    }
    tell_playback();
    news_.tick(now);
    queue_.renew_paths(powers_.clock.wall());
    work_on_films();
}

void LiveRoom::close_all(Ending why) {
    while (!roster_.empty()) {
        Present& member = *roster_.present().back();
        while (!member.lines.empty()) end_line(*member.lines.back(), why);
        screening_.holds().left(member.shown.id, powers_.time.now());
        roster_.remove(member);
        powers_.metrics.members.fetch_sub(1);
    }
    powers_.presence.clear(room_.code);
    (void)roster_.choose_host();
    empty_since_ = powers_.clock.now();
    left_at_ = powers_.time.now();
}

void LiveRoom::say_goodbye(RoomLine& line, std::chrono::milliseconds retry) {
    speaker_.goodbye(line, retry);
    end_line(line, Ending::Restarting);
}

bool LiveRoom::may_go(Instant now) const {
    if (tasks_ > 0) return false;
    if (gone_) return true;
    return empty_since_ && now - *empty_since_ >= rules_.empty_patience && !is_playing();
}

bool LiveRoom::is_playing() const {
    return screening_.wants_to_run();
}

SavedPlayback LiveRoom::saved() const {
    return screening_.saved(room_.code, powers_.time.now());
}

void LiveRoom::spawn(std::string name, net::awaitable<void> task) {
    host_.run(std::move(name), counted(shared_from_this(), std::move(task)));
}

net::awaitable<void> LiveRoom::counted(std::shared_ptr<LiveRoom> self, net::awaitable<void> task) {
    const Busy busy(std::move(self));
    co_await std::move(task);
}

}  // namespace syncwatch
