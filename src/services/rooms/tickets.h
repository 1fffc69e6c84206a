#pragma once
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "ports/bus.h"
#include "ports/clock.h"
#include "ports/sealer.h"
#include "services/rooms/join_grant.h"
#include "services/rooms/marks.h"
#include "services/rooms/ticket_notices.h"

namespace syncwatch {

/// Hands out a ticket per join and takes it back once. A ticket stands in a URL, where proxies log
/// it, so it is good for one upgrade within seconds. It carries its grant, sealed, and so it is
/// good at every node with the same key, whatever else is down. Nodes tell one another which were
/// used; while they cannot, a ticket is good once at each. Thread-safe.
class Tickets {
public:
    struct Options {
        std::chrono::seconds lifetime{30};
        /// Of unused, used and revoked tickets, how many are remembered. Over it the oldest unused
        /// lose their places, and tickets as old as what was forgotten of the others are refused.
        std::size_t capacity = 65'536;
    };
    /// By how much the clocks of two nodes may differ: it is added to the lifetime.
    static constexpr std::chrono::seconds kClocksApart{5};
    /// No ticket is longer, if the name in it is a valid_display_name().
    static constexpr std::size_t kMaxLength = 512;

    Tickets(const Clock& clock, Sealer& sealer, Bus& bus)
        : Tickets(clock, sealer, bus, Options()) {}
    Tickets(const Clock& clock, Sealer& sealer, Bus& bus, Options options);

    /// Hears what the other nodes say about tickets, until the subscription is destroyed.
    [[nodiscard]] std::unique_ptr<Bus::Subscription> listen(net::any_io_executor executor);

    /// A new ticket: text that fits in a URL.
    std::string issue(JoinGrant grant);
    /// Errors: Unauthenticated (reason "bad_ticket": none, used, void or expired).
    Result<JoinGrant> redeem(std::string_view ticket);
    /// Who got a ticket to the room here and has not used it yet: seats that are taken already.
    std::vector<UserId> holders(const RoomCode& room);
    /// Voids the tickets to the room of a user, or of whoever came from `address` (if not empty),
    /// but not those of its owner. Those of other nodes by their time of issue: such a node's
    /// newest ones, too, if its clock is ahead or kClocksApart has not passed yet.
    void revoke(const RoomCode& room, std::optional<UserId> user, const std::string& address);

private:
    /// A ticket of this node that was not used yet.
    struct Place {
        RoomCode room;
        UserId user;
        std::string address;
        bool of_owner = false;
        Instant expires{};
    };
    using Places = std::map<Sha256Sum, Place>;

    bool is_void(const Sha256Sum& hash, const DatedGrant& dated) const;
    void heard(const std::string& payload);
    void note_used(const TicketNotice& notice);
    /// False: nothing new.
    bool note_revoked(const TicketNotice& notice);
    void give_up_places(const TicketNotice& revoked);
    void forget_expired();
    void erase(Places::iterator place);

    const Clock& clock_;
    Sealer& sealer_;
    Bus& bus_;
    const Options options_;
    std::mutex mutex_;  // Guards the five below.
    Places places_;
    std::map<RoomCode, std::map<UserId, int>> holders_;  ///< Tickets by room and user.
    std::deque<std::pair<Instant, Sha256Sum>> by_age_;
    Marks<Sha256Sum> used_;
    Marks<std::pair<RoomCode, std::string>> revoked_;  ///< By room, and user's id or address.
};

}  // namespace syncwatch
