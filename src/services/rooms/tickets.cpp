#include "services/rooms/tickets.h"

#include <array>
#include <utility>

namespace syncwatch {

Tickets::Tickets(const Clock& clock, Random& random, Options options)
    : clock_(clock), random_(random), options_(options) {}

std::string Tickets::issue(JoinGrant grant) {
    std::array<std::uint8_t, 32> secret;
    random_.fill(secret);
    std::string ticket = encode_base64url(secret);
    const Sha256Sum key = sha256(as_bytes(ticket));

    const std::lock_guard lock(mutex_);
    const Instant now = clock_.now();
    forget_expired(now);
    while (by_age_.size() >= options_.capacity) {
        erase(issued_.find(by_age_.front().second));
        by_age_.pop_front();
    }
    ++holders_[grant.room][grant.who.user];
    by_age_.emplace_back(now + options_.lifetime, key);
    issued_.insert_or_assign(key, Issued{std::move(grant), now + options_.lifetime});
    return ticket;
}

Result<JoinGrant> Tickets::redeem(std::string_view ticket) {
    // Looked up by its hash: how long a lookup takes says nothing about the tickets kept here.
    const Sha256Sum key = sha256(as_bytes(ticket));
    const std::lock_guard lock(mutex_);
    const auto found = issued_.find(key);
    if (found == issued_.end() || found->second.expires <= clock_.now()) {
        return fail(ErrorCode::Unauthenticated, "unknown, used or expired ticket", "bad_ticket");
    }
    JoinGrant grant = found->second.grant;
    erase(found);
    return grant;
}

void Tickets::forget_expired(Instant now) {
    while (!by_age_.empty() && by_age_.front().first <= now) {
        erase(issued_.find(by_age_.front().second));
        by_age_.pop_front();
    }
}

void Tickets::erase(Issues::iterator issue) {
    if (issue == issued_.end()) return;  // redeemed before its time was up
    const JoinGrant& grant = issue->second.grant;
    const auto room = holders_.find(grant.room);
    const auto user = room->second.find(grant.who.user);
    if (--user->second == 0) room->second.erase(user);
    if (room->second.empty()) holders_.erase(room);
    issued_.erase(issue);
}

std::vector<UserId> Tickets::holders(const RoomCode& room) {
    const std::lock_guard lock(mutex_);
    forget_expired(clock_.now());
    std::vector<UserId> users;
    const auto found = holders_.find(room);
    if (found == holders_.end()) return users;
    for (const auto& [user, tickets] : found->second) users.push_back(user);
    return users;
}

void Tickets::revoke(const RoomCode& room, std::optional<UserId> user, const std::string& address) {
    const std::lock_guard lock(mutex_);
    for (auto each = issued_.begin(); each != issued_.end();) {
        const auto issue = each++;
        const JoinGrant& grant = issue->second.grant;
        const bool named = user && grant.who.user == *user;
        const bool near = !address.empty() && grant.address == address;
        if (grant.room == room && grant.role != Role::Owner && (named || near)) erase(issue);
    }
}

}  // namespace syncwatch
