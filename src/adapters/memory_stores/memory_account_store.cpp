#include "adapters/memory_stores/memory_account_store.h"

#include <algorithm>
#include <utility>

#include "domain/account/names.h"

namespace syncwatch {
namespace {

tl::unexpected<Error> no_such_user() {
    return fail(ErrorCode::NotFound, "no such user");
}

}  // namespace

bool MemoryAccountStore::any_account() const {
    return std::ranges::any_of(data_.accounts,
                               [](const auto& each) { return each.second.kind == UserKind::User; });
}

Result<> MemoryAccountStore::insert(Account account) {
    for (const auto& [id, other] : data_.accounts) {
        if (account.kind == UserKind::User && other.kind == UserKind::User &&
            username_key(other.username) == username_key(account.username)) {
            return fail(ErrorCode::Conflict, "the name is taken", "username_taken");
        }
    }
    data_.accounts.emplace(account.id, std::move(account));
    return {};
}

Async<bool> MemoryAccountStore::has_accounts() {
    co_return any_account();
}

Async<> MemoryAccountStore::add(Account account) {
    co_return insert(std::move(account));
}

Async<> MemoryAccountStore::add_first(Account account) {
    if (any_account()) co_return fail(ErrorCode::Conflict, "there is an account");
    SW_CO_CHECK(insert(std::move(account)));
    data_.setup_token.reset();
    co_return Result<>();
}

Async<> MemoryAccountStore::add_invited(Account account, Sha256Sum invitation, WallTime now) {
    const auto found = std::ranges::find(data_.invitations, invitation, &Invitation::token_hash);
    if (found == data_.invitations.end() || found->expires_at <= now) {
        co_return fail(ErrorCode::Forbidden, "no such invitation", "invitation_required");
    }
    SW_CO_CHECK(insert(std::move(account)));
    data_.invitations.erase(found);
    co_return Result<>();
}

Async<Account> MemoryAccountStore::find(UserId id) {
    const auto found = data_.accounts.find(id);
    if (found == data_.accounts.end()) co_return no_such_user();
    co_return found->second;
}

Async<std::optional<Account>> MemoryAccountStore::find_username(std::string username) {
    const std::string key = username_key(username);
    for (const auto& [id, account] : data_.accounts) {
        if (account.kind == UserKind::User && username_key(account.username) == key) {
            co_return account;
        }
    }
    co_return std::nullopt;
}

Async<std::vector<Account>> MemoryAccountStore::accounts() {
    std::vector<Account> found;
    for (const auto& [id, account] : data_.accounts) {
        if (account.kind == UserKind::User) found.push_back(account);
    }
    std::ranges::stable_sort(found, {}, &Account::created_at);
    co_return found;
}

Async<Account> MemoryAccountStore::change(UserId id, AccountChanges changes) {
    const auto found = data_.accounts.find(id);
    if (found == data_.accounts.end()) co_return no_such_user();
    Account& account = found->second;
    if (changes.display_name) account.display_name = *changes.display_name;
    if (changes.password_hash) account.password_hash = *changes.password_hash;
    if (changes.admin) account.admin = *changes.admin;
    co_return account;
}

Async<std::vector<SessionId>> MemoryAccountStore::remove(UserId id) {
    if (!data_.accounts.contains(id)) co_return no_such_user();
    std::vector<SessionId> ended;
    for (const auto& [session, each] : data_.sessions) {
        if (each.user == id) ended.push_back(session);
    }
    data_.remove_user(id);
    co_return ended;
}

Async<> MemoryAccountStore::add_session(Session session) {
    if (!data_.accounts.contains(session.user)) co_return no_such_user();
    data_.sessions.emplace(session.id, session);
    co_return Result<>();
}

Async<std::optional<AccountStore::SessionOwner>> MemoryAccountStore::find_session(
    Sha256Sum token_hash, WallTime now) {
    for (const auto& [id, session] : data_.sessions) {
        if (session.token_hash == token_hash && session.expires_at > now) {
            co_return SessionOwner{session, data_.accounts.at(session.user)};
        }
    }
    co_return std::nullopt;
}

Async<> MemoryAccountStore::extend_session(SessionId id, WallTime expires_at) {
    const auto found = data_.sessions.find(id);
    if (found != data_.sessions.end()) found->second.expires_at = expires_at;
    co_return Result<>();
}

Async<> MemoryAccountStore::end_session(SessionId id) {
    data_.sessions.erase(id);
    co_return Result<>();
}

Async<std::vector<SessionId>> MemoryAccountStore::end_sessions(UserId user,
                                                               std::optional<SessionId> keep) {
    std::vector<SessionId> ended;
    for (const auto& [id, session] : data_.sessions) {
        if (session.user == user && id != keep) ended.push_back(id);
    }
    for (const SessionId id : ended) data_.sessions.erase(id);
    co_return ended;
}

Async<> MemoryAccountStore::add_invitation(Invitation invitation) {
    data_.invitations.push_back(invitation);
    co_return Result<>();
}

Async<> MemoryAccountStore::set_setup_token(std::optional<Sha256Sum> token_hash) {
    data_.setup_token = token_hash;
    co_return Result<>();
}

Async<std::optional<Sha256Sum>> MemoryAccountStore::setup_token() {
    co_return data_.setup_token;
}

Async<std::int64_t> MemoryAccountStore::remove_expired(WallTime now, WallTime guests_before) {
    auto removed = static_cast<std::int64_t>(
        std::erase_if(data_.sessions,
                      [&](const auto& each) { return each.second.expires_at <= now; }) +
        std::erase_if(data_.invitations,
                      [&](const Invitation& each) { return each.expires_at <= now; }));
    std::vector<UserId> abandoned;
    for (const auto& entry : data_.accounts) {
        const auto& [id, account] = entry;
        const bool in_use = std::ranges::any_of(
            data_.sessions, [&](const auto& each) { return each.second.user == entry.first; });
        if (account.kind == UserKind::Guest && account.created_at < guests_before && !in_use) {
            abandoned.push_back(id);
        }
    }
    for (const UserId id : abandoned) data_.remove_user(id);
    removed += static_cast<std::int64_t>(abandoned.size());
    co_return removed;
}

}  // namespace syncwatch
