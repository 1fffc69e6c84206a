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
        issued_.erase(by_age_.front().second);
        by_age_.pop_front();
    }
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
    JoinGrant grant = std::move(found->second.grant);
    issued_.erase(found);
    return grant;
}

void Tickets::forget_expired(Instant now) {
    while (!by_age_.empty() && by_age_.front().first <= now) {
        issued_.erase(by_age_.front().second);
        by_age_.pop_front();
    }
}

}  // namespace syncwatch
