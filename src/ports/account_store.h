#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "domain/account/account.h"

namespace syncwatch {

/// What changes about an account; what is absent stays.
struct AccountChanges {
    std::optional<std::string> display_name;
    std::optional<std::string> password_hash;
    std::optional<bool> admin;
};

/// Accounts, guests, their sessions, and invitations. Every call is whole or not at all, and
/// durable when it returns. All fail with Unavailable (component "database").
/// All pass tests/contract/account_store_contract.h.
class AccountStore {
public:
    struct SessionOwner {
        Session session;
        Account account;
    };

    virtual ~AccountStore() = default;

    /// True if there is an account that is no guest.
    virtual Async<bool> has_accounts() = 0;
    /// Errors: Conflict (reason "username_taken").
    virtual Async<> add(Account account) = 0;
    /// Only while there is no account yet; forgets the setup token. Errors: Conflict.
    virtual Async<> add_first(Account account) = 0;
    /// Uses the invitation up in the same step. Errors: Forbidden (reason "invitation_required":
    /// unknown, used, expired), Conflict (reason "username_taken").
    virtual Async<> add_invited(Account account, Sha256Sum invitation, WallTime now) = 0;

    /// Errors: NotFound.
    virtual Async<Account> find(UserId id) = 0;
    /// By name, without regard to case. nullopt: nobody.
    virtual Async<std::optional<Account>> find_username(std::string username) = 0;
    /// Accounts that are no guests, by the time they were made.
    virtual Async<std::vector<Account>> accounts() = 0;
    /// The account as it is now. Errors: NotFound.
    virtual Async<Account> change(UserId id, AccountChanges changes) = 0;
    /// Removes the account and its sessions, roles, memberships and bans; gives the sessions that
    /// ended. Its rooms are removed through RoomStore before. Errors: NotFound.
    virtual Async<std::vector<SessionId>> remove(UserId id) = 0;

    /// Errors: NotFound (the user is gone).
    virtual Async<> add_session(Session session) = 0;
    /// nullopt: no such session, or expired at `now`.
    virtual Async<std::optional<SessionOwner>> find_session(Sha256Sum token_hash, WallTime now) = 0;
    virtual Async<> extend_session(SessionId id, WallTime expires_at) = 0;
    /// Absent is success.
    virtual Async<> end_session(SessionId id) = 0;
    /// Ends every session of a user but `keep`; gives those that ended.
    virtual Async<std::vector<SessionId>> end_sessions(UserId user,
                                                       std::optional<SessionId> keep) = 0;

    virtual Async<> add_invitation(Invitation invitation) = 0;

    /// The hash of the token that the first registration must bring; nullopt forgets it.
    virtual Async<> set_setup_token(std::optional<Sha256Sum> token_hash) = 0;
    virtual Async<std::optional<Sha256Sum>> setup_token() = 0;

    /// Removes what nobody can use any more: expired sessions and invitations, and guests without
    /// a session that were made before `guests_before`. Gives the number of rows.
    virtual Async<std::int64_t> remove_expired(WallTime now, WallTime guests_before) = 0;
};

}  // namespace syncwatch
