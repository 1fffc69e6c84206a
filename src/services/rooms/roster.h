#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "domain/playback/lead.h"
#include "domain/room/member.h"
#include "ports/room_store.h"
#include "services/rooms/allowance.h"
#include "services/rooms/answers.h"
#include "services/rooms/room_line.h"

namespace syncwatch {

/// Somebody's presence through another node, as that node says it.
struct Seat {
    bool dropped = false;  ///< No line at present.
};

/// Somebody in a room: a person, over as many lines as they have tabs; none for a while after a
/// drop.
struct Present {
    Member shown;
    WallTime joined{};  ///< Of all their joins the first.
    WallTime role_since{};
    bool here = false;  ///< On this node: with a line, or for a while after a drop.
    std::map<std::string, Seat> elsewhere;  ///< By the lives of other nodes' rooms.
    std::vector<RoomLine*> lines;
    std::optional<Instant> dropped;  ///< Since when there is no line here.
    /// What their player told last, if it may make the room wait or go on.
    std::optional<MemberReport> report;
    bool report_unsaid = false;  ///< Other nodes do not know it yet.
    DelayWindow delay;
    std::chrono::microseconds jump{0};  ///< What its player needs for a seek, as it says.
    std::optional<double> told_drift;   ///< The drift that the others know, ms.
    Allowance chat;
    Allowance reactions;
    Allowance commands;
    Instant voice_told{};
    bool voice_waits = false;          ///< The others do not know the newest state yet.
    std::unique_ptr<Answers> answers;  ///< Made with the first request.

    Answers& book() {
        if (!answers) answers = std::make_unique<Answers>();
        return *answers;
    }
    /// As an admin of the installation, for what an owner may do.
    bool is_admin() const { return !lines.empty() && lines.front()->grant.who.admin; }
};

/// Who is in a room, in the order they came; what they are there, present or not; who acts as host.
class Roster {
public:
    /// What people are in the room, from the database. Gives those present for whom that is news.
    std::vector<UserId> set_staff(const std::vector<RoomMembership>& staff);
    std::vector<RoomMembership> staff() const;
    /// True if that is news.
    bool set_role(UserId user, Role role, WallTime since);

    /// What somebody is here, present or not.
    Role role_of(UserId user) const;

    Present* find(UserId user);
    const std::vector<std::unique_ptr<Present>>& present() const { return present_; }
    bool empty() const { return present_.empty(); }
    std::size_t size() const { return present_.size(); }
    /// Everybody's lines, in no order.
    std::span<RoomLine* const> lines() const { return lines_; }

    /// Somebody who was not there comes in, on this node or another.
    Present& add(const Principal& who, WallTime now);
    void attach(Present& member, RoomLine& line);
    /// The line is gone. Who has no other one stays, until remove().
    void detach(RoomLine& line, Instant now);
    /// `member` has no lines any more.
    void remove(Present& member);
    /// What somebody was answered: also of the last ones who left, who may come back and repeat a
    /// request; nullptr: of anybody else.
    Answers* book_of(UserId user);

    /// Derives the acting host anew. Gives the members who are or were host, if that changed. As
    /// long as not `all_known`, only an owner is sure to be it.
    std::vector<Present*> choose_host(bool all_known = true);
    std::optional<UserId> host() const { return host_; }
    /// Who commands what the room does by itself: of the nodes that `is_alive` says are there, the
    /// one that has the first in the order of hosts. `own`: the life of the room on this node.
    std::string issuer(const std::string& own,
                       const std::function<bool(const std::string&)>& is_alive) const;
    /// The worst delay and the longest jump of those on this node, as lead_for() takes them.
    struct Reach {
        std::chrono::microseconds delay{0};
        std::chrono::microseconds jump{0};
    };
    Reach reach(WallTime now) const;

private:
    struct Duty {
        Role role = Role::Viewer;
        WallTime since{};
    };
    struct Former {
        UserId user;
        std::unique_ptr<Answers> answers;
    };
    static constexpr std::size_t kMostFormer = 32;

    std::vector<std::unique_ptr<Present>> present_;
    std::unordered_map<UserId, Present*> by_user_;
    std::vector<RoomLine*> lines_;
    std::map<UserId, Duty> staff_;  ///< Owner and moderators.
    std::deque<Former> former_;     ///< Of those who left, the newest last.
    std::optional<UserId> host_;
};

}  // namespace syncwatch
