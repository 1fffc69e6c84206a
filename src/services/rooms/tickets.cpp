#include "services/rooms/tickets.h"

#include <utility>

#include "ports/topics.h"

namespace syncwatch {
namespace {

/// Longer is no ticket, whatever name is in it.
constexpr std::size_t kReadAtMost = 2 * Tickets::kMaxLength;

tl::unexpected<Error> bad_ticket() {
    return fail(ErrorCode::Unauthenticated, "no ticket, or used, void or expired", "bad_ticket");
}

}  // namespace

Tickets::Tickets(const Clock& clock, Sealer& sealer, Bus& bus, Options options)
    : clock_(clock),
      sealer_(sealer),
      bus_(bus),
      options_(options),
      used_(options.capacity),
      revoked_(options.capacity) {}

std::unique_ptr<Bus::Subscription> Tickets::listen(net::any_io_executor executor) {
    auto handle = [this](const std::string& payload) { heard(payload); };
    return bus_.subscribe(topics::kTickets, std::move(executor), std::move(handle));
}

std::string Tickets::issue(JoinGrant grant) {
    Place place;
    place.room = grant.room;
    place.user = grant.who.user;
    place.address = grant.address;
    place.of_owner = grant.role == Role::Owner;
    place.expires = clock_.now() + options_.lifetime;
    const DatedGrant dated{std::move(grant), clock_.wall(), options_.lifetime};
    std::string ticket = sealer_.seal(encode_grant(dated));
    const Sha256Sum hash = sha256(as_bytes(ticket));

    const std::lock_guard lock(mutex_);
    forget_expired();
    while (by_age_.size() >= options_.capacity) {
        erase(places_.find(by_age_.front().second));
        by_age_.pop_front();
    }
    ++holders_[place.room][place.user];
    by_age_.emplace_back(place.expires, hash);
    places_.insert_or_assign(hash, std::move(place));
    return ticket;
}

Result<JoinGrant> Tickets::redeem(std::string_view ticket) {
    if (ticket.size() > kReadAtMost) return bad_ticket();
    const auto opened = sealer_.open(ticket);
    if (!opened) return bad_ticket();
    auto dated = decode_grant(*opened);
    if (!dated) return bad_ticket();
    TicketNotice used;
    used.issued = dated->issued;
    used.hash = sha256(as_bytes(ticket));
    {
        const std::lock_guard lock(mutex_);
        forget_expired();
        if (is_void(used.hash, *dated)) return bad_ticket();
        note_used(used);
    }
    bus_.publish(topics::kTickets, text(used));
    return std::move(dated->grant);
}

bool Tickets::is_void(const Sha256Sum& hash, const DatedGrant& dated) const {
    const WallTime now = clock_.wall();
    if (dated.issued > now + kClocksApart) return true;
    if (dated.issued + dated.lifetime + kClocksApart <= now) return true;
    if (used_.voids(hash, dated.issued)) return true;
    // What this node issued and still counts was not revoked since, whatever the clocks say.
    const JoinGrant& grant = dated.grant;
    if (grant.role == Role::Owner || places_.contains(hash)) return false;
    return revoked_.voids({grant.room, grant.who.user.text()}, dated.issued) ||
           (!grant.address.empty() && revoked_.voids({grant.room, grant.address}, dated.issued));
}

void Tickets::heard(const std::string& payload) {
    const auto notice = parse_ticket_notice(payload);
    const std::lock_guard lock(mutex_);
    // From a clock that is too far ahead it would be remembered for too long.
    if (!notice || notice->issued > clock_.wall() + 2 * kClocksApart) return;
    forget_expired();
    if (notice->kind == TicketNotice::Kind::Used) return note_used(*notice);
    // What this node said itself is not new: whoever came back since keeps their place.
    if (note_revoked(*notice)) give_up_places(*notice);
}

void Tickets::note_used(const TicketNotice& notice) {
    used_.set(notice.hash, notice.issued);
    erase(places_.find(notice.hash));
}

bool Tickets::note_revoked(const TicketNotice& notice) {
    bool news = false;
    if (notice.user) news = revoked_.set({notice.room, notice.user->text()}, notice.issued);
    if (notice.address.empty()) return news;
    return revoked_.set({notice.room, notice.address}, notice.issued) || news;
}

void Tickets::give_up_places(const TicketNotice& revoked) {
    for (auto each = places_.begin(); each != places_.end();) {
        const auto place = each++;
        const bool named = revoked.user && place->second.user == *revoked.user;
        const bool near = !revoked.address.empty() && place->second.address == revoked.address;
        if (place->second.room != revoked.room || place->second.of_owner) continue;
        if (named || near) erase(place);
    }
}

void Tickets::forget_expired() {
    const Instant now = clock_.now();
    while (!by_age_.empty() && by_age_.front().first <= now) {
        erase(places_.find(by_age_.front().second));
        by_age_.pop_front();
    }
    const WallTime too_old = clock_.wall() - options_.lifetime - kClocksApart;
    used_.forget(too_old);
    revoked_.forget(too_old);
}

void Tickets::erase(Places::iterator place) {
    if (place == places_.end()) return;  // used before its time was up
    const auto room = holders_.find(place->second.room);
    const auto user = room->second.find(place->second.user);
    if (--user->second == 0) room->second.erase(user);
    if (room->second.empty()) holders_.erase(room);
    places_.erase(place);
}

std::vector<UserId> Tickets::holders(const RoomCode& room) {
    const std::lock_guard lock(mutex_);
    forget_expired();
    std::vector<UserId> users;
    const auto found = holders_.find(room);
    if (found == holders_.end()) return users;
    for (const auto& [user, tickets] : found->second) users.push_back(user);
    return users;
}

void Tickets::revoke(const RoomCode& room, std::optional<UserId> user, const std::string& address) {
    TicketNotice notice;
    notice.kind = TicketNotice::Kind::Revoked;
    notice.issued = clock_.wall() + kClocksApart;
    notice.room = room;
    notice.user = user;
    notice.address = address;
    {
        const std::lock_guard lock(mutex_);
        forget_expired();
        note_revoked(notice);
        give_up_places(notice);
    }
    bus_.publish(topics::kTickets, text(notice));
}

}  // namespace syncwatch
