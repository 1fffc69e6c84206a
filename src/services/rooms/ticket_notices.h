#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/time.h"
#include "base/uuid.h"
#include "domain/room/room_code.h"

namespace syncwatch {

/// What is said on topics::kTickets. As text: a word, then "name=value" parts; parts that are not
/// known are passed by. No ticket stands in it.
struct TicketNotice {
    enum class Kind : std::uint8_t {
        Used,     ///< The ticket with this `hash`, issued at `issued`, is used up.
        Revoked,  ///< Void are the tickets to `room` of `user`, and of whoever came from `address`,
                  ///< that were issued up to `issued`; not those of its owner.
    };
    Kind kind = Kind::Used;
    WallTime issued{};
    Sha256Sum hash{};
    RoomCode room = {};
    std::optional<UserId> user = {};
    std::string address = {};
    bool operator==(const TicketNotice&) const = default;
};

std::string text(const TicketNotice& notice);
/// nullopt: of a kind that this version does not know, or damaged.
std::optional<TicketNotice> parse_ticket_notice(std::string_view text);

}  // namespace syncwatch
