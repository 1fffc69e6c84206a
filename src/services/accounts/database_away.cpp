// The part of AccountService that goes on while the database is away: who is signed in stays so,
// and guests come in.
#include <utility>

#include "base/log/log.h"
#include "services/accounts/account_service.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// Of guests that are to be written, and of sessions that ended: over it the oldest are forgotten.
constexpr std::size_t kMostStandIns = 10'000;
/// After it did not answer, those whom we know do not wait for it.
constexpr auto kAwayFor = 5s;
/// Between the two halves of write(), by whoever else does it.
constexpr auto kOthersWrite = 250ms;

}  // namespace

bool AccountService::is_away(const Error& error) {
    const bool away = error.code == ErrorCode::Unavailable && error.component == "database";
    if (away) away_until_ = (powers_.clock.now() + kAwayFor).time_since_epoch().count();
    return away;
}

bool AccountService::was_just_away() const {
    return powers_.clock.now().time_since_epoch().count() < away_until_;
}

AccountService::SignedIn AccountService::stand_in(std::string display_name) {
    StandIn guest;
    guest.issued = powers_.clock.wall();
    guest.user = powers_.random.make_id<UserId>(guest.issued);
    guest.session = powers_.random.make_id<SessionId>(guest.issued);
    guest.name = std::move(display_name);
    SignedIn signed_in;
    signed_in.account = account_of(guest);
    signed_in.token = seal(guest, *powers_.sealer);
    remember(guest, sha256(as_bytes(signed_in.token)));
    return signed_in;
}

Account AccountService::account_of(const StandIn& guest) {
    Account account;
    account.id = guest.user;
    account.display_name = guest.name;
    account.created_at = guest.issued;
    return account;
}

void AccountService::remember(const StandIn& guest, const Sha256Sum& token_hash) {
    const std::lock_guard lock(mutex_);
    if (stand_ins_.size() < kMostStandIns) stand_ins_.insert_or_assign(token_hash, guest);
}

void AccountService::note_ended(SessionId session) {
    cache_.forget(session);
    const std::lock_guard lock(mutex_);
    std::erase_if(stand_ins_, [&](const auto& each) { return each.second.session == session; });
    if (!ended_.insert(session).second) return;
    ended_by_age_.push_back(session);
    if (ended_by_age_.size() <= kMostStandIns) return;
    ended_.erase(ended_by_age_.front());
    ended_by_age_.pop_front();
}

bool AccountService::has_ended(SessionId session) const {
    const std::lock_guard lock(mutex_);
    return ended_.contains(session);
}

/// In the database or, while that is away, for when it is back.
Async<> AccountService::end_session(SessionId session) {
    const bool may_wait = powers_.sign_outs != nullptr;
    if (may_wait && was_just_away()) co_return co_await powers_.sign_outs->keep(session);
    const Result<> ended = co_await powers_.accounts.end_session(session);
    const bool away = !ended && is_away(ended.error());
    if (away && may_wait) co_return co_await powers_.sign_outs->keep(session);
    co_return ended;
}

net::awaitable<void> AccountService::end_signed_out() {
    if (powers_.sign_outs == nullptr) co_return;
    for (const SessionId session : powers_.sign_outs->waiting()) {
        Result<> ended = co_await powers_.accounts.end_session(session);
        if (!ended && is_away(ended.error())) co_return;
        if (ended) ended = co_await powers_.sign_outs->done(session);
        if (!ended) {
            log::warning("accounts.sign_out_waits", {{"error", ended.error().message}});
        }
        // Nodes that started meanwhile may have believed it.
        announce_ended({session});
    }
}

Async<Principal> AccountService::principal_of_stand_in(std::string token) {
    const auto unknown = [] {
        return fail(ErrorCode::Unauthenticated, "unknown or ended session");
    };
    std::optional<StandIn> guest;
    if (powers_.sealer != nullptr) guest = open_stand_in(token, *powers_.sealer);
    if (!guest || has_ended(guest->session)) co_return unknown();
    const bool good = guest->is_good_at(powers_.clock.wall());
    const Sha256Sum token_hash = sha256(as_bytes(token));
    Result<Principal> found = fail(ErrorCode::Unavailable, "the database is away");
    const bool ask = !good || !was_just_away();
    if (ask) found = co_await principal_behind(token_hash);
    if (found || !good) co_return found;
    if (found.error().code == ErrorCode::Unauthenticated) {
        const Result<> written = co_await write(*guest, token_hash);
        if (written || !is_away(written.error())) {
            // Where that failed somebody else may be at it: in a moment it is known.
            if (!written) co_await powers_.clock.sleep_until(powers_.clock.now() + kOthersWrite);
            co_return co_await look_up(token_hash);
        }
    } else if (ask && !is_away(found.error())) {
        co_return found;
    }
    remember(*guest, token_hash);
    Principal who;
    who.user = guest->user;
    who.session = guest->session;
    who.display_name = guest->name;
    co_return who;
}

/// Makes an account and a session of the guest. Errors: Unauthenticated (they had one, and left).
Async<> AccountService::write(StandIn guest, Sha256Sum token_hash) {
    const auto known = co_await powers_.accounts.find(guest.user);
    if (known) co_return fail(ErrorCode::Unauthenticated, "unknown or ended session");
    if (known.error().code != ErrorCode::NotFound) co_return fail(known.error());
    SW_CO_CHECK(co_await powers_.accounts.add(account_of(guest)));
    Session session;
    session.id = guest.session;
    session.user = guest.user;
    session.token_hash = token_hash;
    session.created_at = guest.issued;
    session.expires_at = powers_.clock.wall() + options_.session_lifetime;
    co_return co_await powers_.accounts.add_session(session);
}

net::awaitable<void> AccountService::write_stand_ins() {
    std::map<Sha256Sum, StandIn> waiting;
    {
        const std::lock_guard lock(mutex_);
        waiting = stand_ins_;
    }
    for (const auto& [token_hash, guest] : waiting) {
        const Result<> written = co_await write(guest, token_hash);
        if (!written && is_away(written.error())) co_return;
        if (!written && written.error().code != ErrorCode::Unauthenticated) {
            log::warning("accounts.guest_not_written", {{"error", written.error().message}});
        }
        const std::lock_guard lock(mutex_);
        stand_ins_.erase(token_hash);
    }
}

Async<Account> AccountService::own_account(Principal who) {
    auto found = co_await powers_.accounts.find(who.user);
    if (found || !is_away(found.error())) co_return found;
    Account account;
    account.id = who.user;
    account.kind = who.kind;
    account.username = cache_.username_of(who.user).value_or(std::string());
    account.display_name = who.display_name;
    account.admin = who.admin;
    co_return account;
}

}  // namespace syncwatch
