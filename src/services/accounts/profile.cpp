// The part of AccountService that changes and removes accounts, and sets the installation up.
#include <utility>

#include "base/log/log.h"
#include "domain/account/address_scope.h"
#include "domain/account/names.h"
#include "ports/topics.h"
#include "services/accounts/account_service.h"
#include "services/rooms/room_notices.h"

namespace syncwatch {

Async<Account> AccountService::account(UserId id) {
    co_return co_await powers_.accounts.find(id);
}

Async<Account> AccountService::change(Principal who, ProfileChange change, std::string address) {
    AccountChanges changes;
    if (change.display_name) {
        SW_CO_TRY(changes.display_name, valid_display_name(*change.display_name));
    }
    if (change.password) {
        SW_CO_TRY(const std::string password, valid_password(*change.password));
        SW_CO_TRY(Account account, co_await powers_.accounts.find(who.user));
        if (account.kind == UserKind::Guest) {
            co_return fail_field("password", "a guest has no password");
        }
        SW_CO_CHECK(co_await check_current_password(
            std::move(account), change.current_password.value_or(std::string()), address));
        SW_CO_TRY(changes.password_hash, co_await powers_.hasher.hash(password));
    }
    const bool new_password = changes.password_hash.has_value();
    SW_CO_TRY(Account account, co_await powers_.accounts.change(who.user, std::move(changes)));
    cache_.forget(who.user);
    powers_.bus.publish(topics::kAccountChanged, who.user.text());
    if (new_password) {
        SW_CO_TRY(const auto ended, co_await powers_.accounts.end_sessions(who.user, who.session));
        announce_ended(ended);
        AuditEntry entry;
        entry.actor = who.user.text();
        entry.address = address;
        entry.action = "password.changed";
        entry.subject = who.user.text();
        co_await audit(std::move(entry));
    }
    co_return account;
}

Async<> AccountService::check_current_password(Account account, std::string password,
                                               std::string address) {
    // Whoever finds a browser open must not guess faster than at the front door.
    const std::string key = username_key(account.username);
    const std::string scope = address_scope(address);
    SW_CO_CHECK(guard_.check(key, scope, powers_.clock.now()));
    SW_CO_TRY(const bool right,
              co_await powers_.hasher.verify(std::move(password), account.password_hash));
    SW_CO_CHECK(guard_.settle(key, scope, right, powers_.clock.now()));
    if (right) co_return Result<>();
    co_return fail(ErrorCode::Forbidden, "wrong current password", "wrong_password");
}

Async<> AccountService::remove(Principal who, std::string address) {
    SW_CO_TRY(const auto rooms, co_await powers_.rooms.owned_by(who.user));
    for (const RoomCode& room : rooms) {
        const Result<> removed = co_await powers_.rooms.remove(room);
        if (!removed && removed.error().code != ErrorCode::NotFound) co_return removed;
        powers_.bus.publish(topics::room(room), deleted_notice());
    }
    SW_CO_TRY(const auto ended, co_await powers_.accounts.remove(who.user));
    has_accounts_ = false;  // perhaps it was the last one
    cache_.forget(who.user);
    announce_ended(ended);
    powers_.bus.publish(topics::kAccountDeleted, who.user.text());
    AuditEntry entry;
    entry.actor = who.user.text();
    entry.address = address;
    entry.action = "account.deleted";
    entry.subject = who.user.text();
    co_await audit(std::move(entry));
    co_return Result<>();
}

Async<AccountService::Invited> AccountService::invite(Principal who) {
    if (!who.admin) co_return fail(ErrorCode::Forbidden, "only an admin may invite");
    Invited invited;
    invited.token = make_token();
    Invitation invitation;
    invitation.token_hash = sha256(as_bytes(invited.token));
    invitation.created_by = who.user;
    invitation.created_at = powers_.clock.wall();
    invitation.expires_at = invitation.created_at + options_.invitation_lifetime;
    invited.expires_at = invitation.expires_at;
    SW_CO_CHECK(co_await powers_.accounts.add_invitation(invitation));
    co_return invited;
}

Async<AccountService::SetupState> AccountService::setup_state() {
    SW_CO_TRY(const bool any, co_await has_accounts());
    SetupState state;
    state.needs_first_account = !any;
    state.needs_setup_token = !any && options_.setup_token_required;
    state.sign_up = options_.sign_up;
    co_return state;
}

Async<std::optional<std::string>> AccountService::setup_token_if_needed() {
    SW_CO_TRY(const SetupState state, co_await setup_state());
    if (!state.needs_setup_token) co_return std::nullopt;
    std::string token = make_token();
    const std::optional<Sha256Sum> token_hash = sha256(as_bytes(token));
    SW_CO_CHECK(co_await powers_.accounts.set_setup_token(token_hash));
    co_return token;
}

Async<> AccountService::tidy() {
    const WallTime now = powers_.clock.wall();
    const WallTime guests_before = now - std::chrono::hours(1);
    SW_CO_TRY(const auto removed, co_await powers_.accounts.remove_expired(now, guests_before));
    if (removed > 0) log::info("accounts.tidied", {{"rows", removed}});
    co_return co_await powers_.audit.forget(now - options_.audit_lifetime);
}

}  // namespace syncwatch
