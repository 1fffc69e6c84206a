#include "services/rooms/roster.h"

#include <algorithm>
#include <utility>

#include "domain/room/rights.h"

namespace syncwatch {
namespace {

Standing standing_of(const Present& member) {
    return {member.shown.id, member.shown.role, member.role_since, member.joined};
}

}  // namespace

std::vector<UserId> Roster::set_staff(const std::vector<RoomMembership>& staff) {
    staff_.clear();
    for (const RoomMembership& each : staff) staff_[each.user] = {each.role, each.since};
    std::vector<UserId> changed;
    for (const auto& each : present_) {
        Member& shown = each->shown;
        const auto duty = staff_.find(shown.id);
        each->role_since = duty == staff_.end() ? WallTime() : duty->second.since;
        const Role role = role_of(shown.id);
        if (std::exchange(shown.role, role) != role) changed.push_back(shown.id);
    }
    return changed;
}

std::vector<RoomMembership> Roster::staff() const {
    std::vector<RoomMembership> staff;
    for (const auto& [user, duty] : staff_) staff.push_back({user, duty.role, duty.since});
    return staff;
}

bool Roster::set_role(UserId user, Role role, WallTime since) {
    if (role_of(user) == role) return false;
    if (role == Role::Viewer) {
        staff_.erase(user);
    } else {
        staff_[user] = {role, since};
    }
    if (Present* member = find(user)) {
        member->shown.role = role;
        member->role_since = since;
    }
    return true;
}

Role Roster::role_of(UserId user) const {
    const auto found = staff_.find(user);
    return found == staff_.end() ? Role::Viewer : found->second.role;
}

Present* Roster::find(UserId user) {
    const auto found = by_user_.find(user);
    return found == by_user_.end() ? nullptr : found->second;
}

Present& Roster::add(const Principal& who, WallTime now) {
    auto made = std::make_unique<Present>();
    made->shown.id = who.user;
    made->shown.name = who.display_name;
    made->shown.kind = who.kind;
    made->joined = now;
    const auto former = std::ranges::find(former_, who.user, &Former::user);
    if (former != former_.end()) {
        made->answers = std::move(former->answers);
        former_.erase(former);
    }
    if (const auto duty = staff_.find(who.user); duty != staff_.end()) {
        made->shown.role = duty->second.role;
        made->role_since = duty->second.since;
    }
    by_user_[who.user] = made.get();
    present_.push_back(std::move(made));
    return *present_.back();
}

void Roster::attach(Present& member, RoomLine& line) {
    member.dropped.reset();
    member.lines.push_back(&line);
    line.notes.member = &member;
    line.notes.place = lines_.size();
    lines_.push_back(&line);
}

void Roster::detach(RoomLine& line, Instant now) {
    Present& member = *std::exchange(line.notes.member, nullptr);
    std::erase(member.lines, &line);
    if (member.lines.empty()) member.dropped = now;
    RoomLine* last = lines_.back();
    lines_[line.notes.place] = last;
    last->notes.place = line.notes.place;
    lines_.pop_back();
}

Answers* Roster::book_of(UserId user) {
    if (Present* member = find(user)) return &member->book();
    const auto former = std::ranges::find(former_, user, &Former::user);
    return former == former_.end() ? nullptr : former->answers.get();
}

void Roster::remove(Present& member) {
    if (member.answers) former_.push_back({member.shown.id, std::move(member.answers)});
    if (former_.size() > kMostFormer) former_.pop_front();
    by_user_.erase(member.shown.id);
    const auto found = std::ranges::find(present_, &member, &std::unique_ptr<Present>::get);
    present_.erase(found);
}

std::vector<Present*> Roster::choose_host(bool all_known) {
    std::vector<Standing> standing;
    standing.reserve(present_.size());
    for (const auto& each : present_) {
        if (all_known || each->shown.role == Role::Owner) standing.push_back(standing_of(*each));
    }
    const auto chosen = acting_host(standing);
    if (chosen == host_) return {};
    std::vector<Present*> changed;
    for (const auto& user : {std::exchange(host_, chosen), chosen}) {
        Present* member = user ? find(*user) : nullptr;
        if (member == nullptr) continue;
        member->shown.host = user == host_;
        changed.push_back(member);
    }
    return changed;
}

std::string Roster::issuer(const std::string& own,
                           const std::function<bool(const std::string&)>& is_alive) const {
    const auto life_of = [&](const Present& member) {
        std::optional<std::string> least;
        if (member.here) least = own;
        for (const auto& [life, seat] : member.elsewhere) {
            if (is_alive(life) && (!least || life < *least)) least = life;
        }
        return least;
    };
    std::vector<Standing> standing;
    for (const auto& each : present_) {
        if (life_of(*each)) standing.push_back(standing_of(*each));
    }
    const auto first = acting_host(standing);
    return first ? *life_of(*by_user_.at(*first)) : own;
}

Roster::Reach Roster::reach(WallTime now) const {
    Reach reach;
    for (const auto& each : present_) {
        reach.delay = std::max(reach.delay, each->delay.worst(now));
        // Nobody looks at a page in the background.
        if (each->shown.state == MemberState::Away) continue;
        reach.jump = std::max(reach.jump, each->jump);
    }
    return reach;
}

}  // namespace syncwatch
