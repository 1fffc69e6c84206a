#pragma once
#include "adapters/sql/database.h"
#include "ports/account_store.h"

namespace syncwatch::sql {

/// Accounts in an SQL database.
class SqlAccountStore final : public AccountStore {
public:
    explicit SqlAccountStore(Database& database) : database_(database) {}

    Async<bool> has_accounts() override;
    Async<> add(Account account) override;
    Async<> add_first(Account account) override;
    Async<> add_invited(Account account, Sha256Sum invitation, WallTime now) override;
    Async<Account> find(UserId id) override;
    Async<std::optional<Account>> find_username(std::string username) override;
    Async<std::vector<Account>> accounts() override;
    Async<Account> change(UserId id, AccountChanges changes) override;
    Async<std::vector<SessionId>> remove(UserId id) override;

    Async<> add_session(Session session) override;
    Async<std::optional<SessionOwner>> find_session(Sha256Sum token_hash, WallTime now) override;
    Async<> extend_session(SessionId id, WallTime expires_at) override;
    Async<> end_session(SessionId id) override;
    Async<std::vector<SessionId>> end_sessions(UserId user, std::optional<SessionId> keep) override;

    Async<> add_invitation(Invitation invitation) override;
    Async<> set_setup_token(std::optional<Sha256Sum> token_hash) override;
    Async<std::optional<Sha256Sum>> setup_token() override;
    Async<std::int64_t> remove_expired(WallTime now, WallTime guests_before) override;

private:
    Database& database_;
};

}  // namespace syncwatch::sql
