#pragma once
#include <optional>
#include <utility>
#include <vector>

#include "ports/account_store.h"

namespace syncwatch {

/// Accounts in a database that can be switched off.
class AwayAccountStore final : public AccountStore {
public:
    explicit AwayAccountStore(AccountStore& inner) : inner_(inner) {}
    bool away = false;

    Async<bool> has_accounts() override { return reach(inner_.has_accounts()); }
    Async<> add(Account a) override { return reach(inner_.add(std::move(a))); }
    Async<> add_first(Account a) override { return reach(inner_.add_first(std::move(a))); }
    Async<> add_invited(Account a, Sha256Sum i, WallTime n) override {
        return reach(inner_.add_invited(std::move(a), i, n));
    }
    Async<Account> find(UserId id) override { return reach(inner_.find(id)); }
    Async<std::optional<Account>> find_username(std::string name) override {
        return reach(inner_.find_username(std::move(name)));
    }
    Async<std::vector<Account>> accounts() override { return reach(inner_.accounts()); }
    Async<Account> change(UserId id, AccountChanges changes) override {
        return reach(inner_.change(id, std::move(changes)));
    }
    Async<std::vector<SessionId>> remove(UserId id) override { return reach(inner_.remove(id)); }
    Async<> add_session(Session session) override { return reach(inner_.add_session(session)); }
    Async<std::optional<SessionOwner>> find_session(Sha256Sum hash, WallTime now) override {
        return reach(inner_.find_session(hash, now));
    }
    Async<> extend_session(SessionId id, WallTime until) override {
        return reach(inner_.extend_session(id, until));
    }
    Async<> end_session(SessionId id) override { return reach(inner_.end_session(id)); }
    Async<std::vector<SessionId>> end_sessions(UserId user,
                                               std::optional<SessionId> keep) override {
        return reach(inner_.end_sessions(user, keep));
    }
    Async<> add_invitation(Invitation invitation) override {
        return reach(inner_.add_invitation(invitation));
    }
    Async<> set_setup_token(std::optional<Sha256Sum> token) override {
        return reach(inner_.set_setup_token(token));
    }
    Async<std::optional<Sha256Sum>> setup_token() override { return reach(inner_.setup_token()); }
    Async<std::int64_t> remove_expired(WallTime now, WallTime guests_before) override {
        return reach(inner_.remove_expired(now, guests_before));
    }

private:
    /// The work begins when it is awaited: what is refused was never done.
    template <class Value>
    net::awaitable<Result<Value>> reach(net::awaitable<Result<Value>> work) {
        if (away) co_return fail_unavailable("database", "away", std::chrono::seconds(5));
        co_return co_await std::move(work);
    }

    AccountStore& inner_;
};

}  // namespace syncwatch
