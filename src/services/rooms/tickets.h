#pragma once
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "domain/account/principal.h"
#include "domain/room/room.h"
#include "ports/clock.h"
#include "ports/random.h"

namespace syncwatch {

/// What a successful join allows: one upgrade to the room's socket, as this somebody.
struct JoinGrant {
    RoomCode room;
    Principal who;
    Role role = Role::Viewer;
    std::string address;  ///< The client's address_scope(): what a ban on an address compares.
};

/// Hands out a ticket per join and takes it back once. A ticket stands in a URL, where proxies log
/// it, so it is good for one upgrade within seconds. Thread-safe.
class Tickets {
public:
    struct Options {
        std::chrono::seconds lifetime{30};
        /// Tickets kept at once; over it the oldest go.
        std::size_t capacity = 65'536;
    };

    Tickets(const Clock& clock, Random& random) : Tickets(clock, random, Options()) {}
    Tickets(const Clock& clock, Random& random, Options options);

    /// A new ticket: 43 characters that fit in a URL.
    std::string issue(JoinGrant grant);
    /// Errors: Unauthenticated (reason "bad_ticket": unknown, used or expired).
    Result<JoinGrant> redeem(std::string_view ticket);
    /// Who holds a ticket to the room and has not used it yet: seats that are taken already.
    std::vector<UserId> holders(const RoomCode& room);
    /// Voids the tickets to the room of a user, or of whoever came from `address` (if not empty),
    /// but not those of its owner.
    void revoke(const RoomCode& room, std::optional<UserId> user, const std::string& address);

private:
    struct Issued {
        JoinGrant grant;
        Instant expires;
    };
    using Issues = std::map<Sha256Sum, Issued>;

    void forget_expired(Instant now);
    void erase(Issues::iterator issue);

    const Clock& clock_;
    Random& random_;
    const Options options_;
    std::mutex mutex_;  // Guards the three below.
    Issues issued_;
    std::map<RoomCode, std::map<UserId, int>> holders_;  ///< Tickets by room and user.
    std::deque<std::pair<Instant, Sha256Sum>> by_age_;
};

}  // namespace syncwatch
