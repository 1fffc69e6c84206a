#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <vector>

#include "base/time.h"
#include "base/uuid.h"
#include "domain/room/member.h"
#include "domain/room/room.h"

namespace syncwatch {

/// For whom a room waits. While a member that counts is buffering the room holds: until they are
/// ready, at most to a deadline, and for each member only so long in a while. Whoever used that up,
/// or was gone on without, is not waited for again until they have played well for some time.
/// Somebody who has just come never makes the others wait: they count from when they first played,
/// or stood ready. A value: times are arguments; whoever owns it pauses and starts the film.
class Holds {
public:
    struct Options {
        std::chrono::microseconds deadline = std::chrono::seconds(5);
        /// What the room waits for one member before it stops doing so …
        std::chrono::microseconds budget = std::chrono::seconds(15);
        /// … of which this share comes back as time passes.
        double refill = 0.05;
        std::chrono::microseconds readmit_after = std::chrono::seconds(30);
        double ready_seconds = 2;  ///< Film that lies ready before a member counts as ready.
    };
    /// The room waits.
    struct Active {
        WallTime began{};
        WallTime until{};
        std::vector<UserId> waiting;  ///< In the order in which they began to buffer.
        bool operator==(const Active&) const = default;
    };
    /// What a report is judged by.
    struct Scene {
        WallTime now{};
        bool running = false;  ///< The film runs at this moment.
        WallTime since{};      ///< When the present state of playback began to hold.
        double limit = 0;      ///< Where the film ends, or ends so far.
    };

    explicit Holds(Options options) : options_(options) {}
    Holds() : Holds(Options()) {}

    void joined(UserId member, WallTime now);
    void left(UserId member, WallTime now);
    /// Whom the room waits for at all.
    void rule(Hold policy, std::optional<UserId> host, WallTime now);
    void heard(UserId member, const MemberReport& report, const Scene& scene);
    /// Ends a hold whose time is over: those it waited for are gone on without.
    void tick(WallTime now);
    /// Somebody said: go on without them.
    void go_on_without(WallTime now);
    /// The hold is over and nobody is to blame: somebody paused, or another film is on.
    void drop(WallTime now);

    const std::optional<Active>& active() const { return active_; }
    bool is_excluded(UserId member) const;

private:
    struct Account {
        bool counts = false;    ///< Played, or stood ready, at least once.
        bool excluded = false;  ///< Gone on without.
        std::chrono::microseconds budget{};
        WallTime refilled{};
        std::optional<WallTime> playing_since;
    };

    bool is_waited_for(UserId member, const Account& account) const;
    bool is_ready(const MemberReport& report, const Scene& scene) const;
    void begin_or_add(UserId member, Account& account, WallTime now);
    void refill(Account& account, WallTime now) const;
    void stop_waiting_for(UserId member, WallTime now);
    void end(WallTime now);

    const Options options_;
    Hold policy_ = Hold::None;
    std::optional<UserId> host_;
    std::map<UserId, Account> accounts_;
    std::optional<Active> active_;
};

}  // namespace syncwatch
