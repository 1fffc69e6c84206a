#include "services/rooms/live_room.h"

#include <algorithm>
#include <utility>

#include "base/log/log.h"

namespace syncwatch {
namespace {

/// They have a line through another node.
bool is_online(const Present& member) {
    return std::ranges::any_of(member.elsewhere,
                               [](const auto& each) { return !each.second.dropped; });
}

net::awaitable<void> counted(std::shared_ptr<LiveRoom> room, net::awaitable<void> task) {
    const auto busy = room->stay();
    co_await std::move(task);
}

}  // namespace

LiveRoom::LiveRoom(ListedRoom listed, RoomPowers& powers, const RoomRules& rules,
                   RoomSpeaker& speaker, RoomHost& host)
    : room_(std::move(listed.room)),
      owner_name_(std::move(listed.owner_name)),
      powers_(powers),
      rules_(rules),
      speaker_(speaker),
      audience_(speaker.gather()),
      host_(host),
      news_(roster_, speaker, *audience_),
      screening_(*this, rules.node, rules.holds),
      chat_(room_.code, powers, rules, *this),
      queue_(room_.code, powers, *this),
      peer_speaker_({room_.code, roster_, screening_, chat_, queue_}, powers, rules) {
    powers_.time.begin_use();
    powers_.metrics.rooms.fetch_add(1);
}

LiveRoom::~LiveRoom() {
    powers_.metrics.rooms.fetch_sub(1);
    powers_.time.end_use();
    if (powers_.known != nullptr) powers_.known->forget(room_.code);
}

std::shared_ptr<void> LiveRoom::stay() {
    ++tasks_;
    return {nullptr, [self = shared_from_this()](void*) { --self->tasks_; }};
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
    const bool new_page = !fresh && !resume && member->lines.empty() && !is_online(*member);
    if (fresh) {
        member = &roster_.add(who, room_now);
        powers_.metrics.joins.fetch_add(1);
    } else if (resume) {
        powers_.metrics.resumes.fetch_add(1);
    }
    if (!std::exchange(member->here, true)) {
        ++here_;
        powers_.metrics.members.fetch_add(1);
        if (resume && !rules_.alone) look_for_film_ = now;
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
    remember_presence(*member, line.grant.address);
    empty_since_.reset();
    deserted_since_.reset();

    // The welcome is the first that a line hears; what it changes for others comes after.
    const std::vector<Present*> hosts = roster_.choose_host(settled_);
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
    find_issuer();
    screening_.reconcile(moment());
    peer_speaker_.member(who.user);
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
    if (!is_online(member)) hear_away(member);
    peer_speaker_.member(member.shown.id);
    tell_playback();
}

/// Nobody waits for whoever cannot say that they are ready.
void LiveRoom::hear_away(Present& member) {
    MemberReport away;
    away.state = MemberState::Away;
    away.at = powers_.time.now();
    screening_.heard(member.shown.id, away, moment());
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

/// They are not on this node any more.
void LiveRoom::leave(Present& member, Instant now) {
    const UserId user = member.shown.id;
    left_at_ = powers_.time.at(member.dropped.value_or(now));
    member.here = false;
    member.dropped.reset();
    powers_.metrics.members.fetch_sub(1);
    if (--here_ == 0) deserted_since_ = now;
    peer_speaker_.member(user);
    if (member.elsewhere.empty()) gone(member, now);
}

/// They are on no node any more.
void LiveRoom::gone(Present& member, Instant now) {
    const UserId user = member.shown.id;
    roster_.remove(member);
    screening_.holds().left(user, powers_.time.now());
    powers_.presence.remove(room_.code, user);
    if (roster_.empty()) empty_since_ = now;
    news_.left(user, now);
    look_for_host();
    screening_.reconcile(moment());
    tell_playback();
}

void LiveRoom::look_for_host() {
    const Instant now = powers_.clock.now();
    for (const Present* each : roster_.choose_host(settled_)) news_.changed(each->shown.id, now);
    screening_.holds().rule(room_.hold, roster_.host(), powers_.time.now());
    find_issuer();
}

void LiveRoom::remember_presence(const Present& member, const std::string& address) {
    PresentMember present;
    present.user = member.shown.id;
    present.kind = member.shown.kind;
    present.name = member.shown.name;
    present.address = address;
    powers_.presence.put(room_.code, std::move(present));
}

Screening::Moment LiveRoom::moment() const {
    return {powers_.time.now(), lead_};
}

void LiveRoom::look_at_lead() {
    const WallTime now = powers_.time.now();
    const Roster::Reach reach = roster_.reach(now);
    lead_ = lead_for(std::max(reach.delay, peers_.delay(now)), std::max(reach.jump, peers_.jump()));
}

void LiveRoom::tick(Instant now) {
    std::vector<Present*> lost;
    for (const auto& each : roster_.present()) {
        const bool lost_here = each->here && each->dropped;
        if (lost_here && now - *each->dropped >= rules_.grace) lost.push_back(each.get());
        if (each->voice_waits) tell_voice(*each, now);
    }
    for (Present* each : lost) {
        // Whoever came back through another node is not lost.
        if (each->elsewhere.empty()) powers_.metrics.lost.fetch_add(1);
        leave(*each, now);
    }
    tick_peers(now);
    look_at_stores(now);
    look_at_lead();
    screening_.tick(moment());
    if (screening_.is_issuing()) {
        if (const auto end = screening_.end(); end && *end <= powers_.time.now()) on_end(*end);
        if (empty_since_ && now - *empty_since_ >= rules_.empty_patience) {
            screening_.stand_where_it_was(left_at_, moment());
        }
    }
    tell_playback();
    news_.tick(now);
    queue_.renew_paths(powers_.clock.wall());
    work_on_films();
    work_on_chat();
    if (queue_.has_work()) work_on_queue();
}

void LiveRoom::close_all(Ending why) {
    while (!roster_.empty()) {
        Present& member = *roster_.present().back();
        while (!member.lines.empty()) end_line(*member.lines.back(), why);
        screening_.holds().left(member.shown.id, powers_.time.now());
        if (member.here) powers_.metrics.members.fetch_sub(1);
        roster_.remove(member);
    }
    here_ = 0;
    powers_.presence.clear(room_.code);
    (void)roster_.choose_host();
    empty_since_ = deserted_since_ = powers_.clock.now();
    left_at_ = powers_.time.now();
}

void LiveRoom::say_goodbye(RoomLine& line, std::chrono::milliseconds retry) {
    speaker_.goodbye(line, retry);
    end_line(line, Ending::Restarting);
}

bool LiveRoom::is_playing() const {
    return screening_.is_issuing() && screening_.wants_to_run();
}

SavedPlayback LiveRoom::saved() const {
    return screening_.saved(room_.code, powers_.time.now());
}

void LiveRoom::spawn(std::string name, net::awaitable<void> task) {
    host_.run(std::move(name), counted(shared_from_this(), std::move(task)));
}

}  // namespace syncwatch
