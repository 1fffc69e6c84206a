#include "services/accounts/account_admin.h"

#include <utility>

#include "domain/account/names.h"
#include "ports/topics.h"
#include "services/rooms/room_notices.h"

namespace syncwatch {

Async<std::vector<Account>> AccountAdmin::list() {
    co_return co_await powers_.accounts.accounts();
}

Async<Account> AccountAdmin::add(std::string username, std::string password, bool admin) {
    Account account;
    SW_CO_TRY(account.username, valid_username(username));
    SW_CO_TRY(password, valid_password(std::move(password)));
    SW_CO_TRY(account.password_hash, co_await powers_.hasher.hash(std::move(password)));
    account.created_at = powers_.clock.wall();
    account.id = powers_.random.make_id<UserId>(account.created_at);
    account.kind = UserKind::User;
    account.display_name = account.username;
    SW_CO_TRY(const bool others, co_await powers_.accounts.has_accounts());
    account.admin = admin || !others;
    SW_CO_CHECK(co_await powers_.accounts.add(account));
    // The way in for whoever finds the token that a start printed is closed now.
    SW_CO_CHECK(co_await powers_.accounts.set_setup_token(std::nullopt));
    SW_CO_CHECK(co_await record("account.created", account.id, account.username));
    co_return account;
}

Async<Account> AccountAdmin::remove(std::string username) {
    SW_CO_TRY(Account account, co_await named(std::move(username)));
    SW_CO_TRY(const auto rooms, co_await powers_.rooms.owned_by(account.id));
    for (const RoomCode& room : rooms) {
        SW_CO_CHECK(co_await powers_.rooms.remove(room));
        powers_.bus.publish(topics::room(room), deleted_notice());
    }
    SW_CO_TRY(const auto ended, co_await powers_.accounts.remove(account.id));
    for (const SessionId session : ended) {
        powers_.bus.publish(topics::kSessionEnded, session.text());
    }
    powers_.bus.publish(topics::kAccountDeleted, account.id.text());
    SW_CO_CHECK(co_await record("account.deleted", account.id, account.username));
    co_return account;
}

Async<Account> AccountAdmin::reset_password(std::string username, std::string password) {
    SW_CO_TRY(password, valid_password(std::move(password)));
    SW_CO_TRY(Account account, co_await named(std::move(username)));
    AccountChanges changes;
    SW_CO_TRY(changes.password_hash, co_await powers_.hasher.hash(std::move(password)));
    SW_CO_TRY(account, co_await powers_.accounts.change(account.id, std::move(changes)));
    SW_CO_TRY(const auto ended, co_await powers_.accounts.end_sessions(account.id, std::nullopt));
    for (const SessionId session : ended) {
        powers_.bus.publish(topics::kSessionEnded, session.text());
    }
    SW_CO_CHECK(co_await record("password.changed", account.id, {}));
    co_return account;
}

Async<Account> AccountAdmin::set_admin(std::string username, bool admin) {
    SW_CO_TRY(Account account, co_await named(std::move(username)));
    AccountChanges changes;
    changes.admin = admin;
    SW_CO_TRY(account, co_await powers_.accounts.change(account.id, std::move(changes)));
    powers_.bus.publish(topics::kAccountChanged, account.id.text());
    SW_CO_CHECK(co_await record("role.given", account.id, admin ? "admin" : "user"));
    co_return account;
}

Async<Account> AccountAdmin::named(std::string username) {
    SW_CO_TRY(auto account, co_await powers_.accounts.find_username(username));
    if (!account) co_return fail(ErrorCode::NotFound, "no account named " + username);
    co_return *std::move(account);
}

Async<> AccountAdmin::record(std::string_view action, UserId subject, std::string detail) {
    AuditEntry entry;
    entry.actor = "operator";
    entry.action = action;
    entry.subject = subject.text();
    entry.detail = std::move(detail);
    co_return co_await powers_.audit.record(std::move(entry));
}

}  // namespace syncwatch
