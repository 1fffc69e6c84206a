#include "adapters/sql_accounts/sql_account_store.h"

#include "adapters/sql_accounts/account_rows.h"
#include "domain/account/names.h"

namespace syncwatch::sql {
namespace {

constexpr const char* kSetupTokenKey = "setup_token_sha256";

Result<> insert(Connection& db, const Account& account) {
    const bool named = account.kind == UserKind::User;
    const std::string key = username_key(account.username);
    if (named) {
        SW_TRY(const auto taken, db.query_one(
                                     "SELECT 1 FROM users WHERE username_key = ?",
                                     [](const Row&) { return true; }, key));
        if (taken) return fail(ErrorCode::Conflict, "the user name is taken", "username_taken");
    }
    SW_CHECK(db.run(
        "INSERT INTO users (id, kind, username, username_key, display_name, admin,"
        " password_hash, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        account.id, text(account.kind), named ? std::optional(account.username) : std::nullopt,
        named ? std::optional(key) : std::nullopt, account.display_name, account.admin,
        account.password_hash, account.created_at));
    return {};
}

Result<bool> any_account(Connection& db) {
    SW_TRY(const auto found, db.query_one("SELECT 1 FROM users WHERE kind = 'user' LIMIT 1",
                                          [](const Row&) { return true; }));
    return found.has_value();
}

Result<Account> load(Connection& db, UserId id) {
    SW_TRY(auto account, db.query_one("SELECT " SW_ACCOUNT_COLUMNS " FROM users u WHERE u.id = ?",
                                      account_from, id));
    if (!account) return fail(ErrorCode::NotFound, "no such user");
    return *std::move(account);
}

}  // namespace

Async<bool> SqlAccountStore::has_accounts() {
    auto work = [](Connection& db) { return any_account(db); };
    co_return co_await database_.read(std::move(work));
}

Async<> SqlAccountStore::add(Account account) {
    auto work = [account = std::move(account)](Connection& db) { return insert(db, account); };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlAccountStore::add_first(Account account) {
    auto work = [account = std::move(account)](Connection& db) -> Result<> {
        SW_TRY(const bool any, any_account(db));
        if (any) return fail(ErrorCode::Conflict, "there is an account already");
        SW_CHECK(db.run("DELETE FROM installation WHERE key = ?", kSetupTokenKey));
        return insert(db, account);
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlAccountStore::add_invited(Account account, Sha256Sum invitation, WallTime now) {
    auto work = [account = std::move(account), invitation, now](Connection& db) -> Result<> {
        SW_TRY(const auto used, db.run("DELETE FROM invitations WHERE token_hash = ?"
                                       " AND expires_at > ?",
                                       blob_of(invitation), now));
        if (used == 0) {
            return fail(ErrorCode::Forbidden, "no such invitation", "invitation_required");
        }
        return insert(db, account);
    };
    co_return co_await database_.write(std::move(work));
}

Async<Account> SqlAccountStore::find(UserId id) {
    auto work = [id](Connection& db) { return load(db, id); };
    co_return co_await database_.read(std::move(work));
}

Async<std::optional<Account>> SqlAccountStore::find_username(std::string username) {
    auto work = [key = username_key(username)](Connection& db) {
        return db.query_one("SELECT " SW_ACCOUNT_COLUMNS " FROM users u WHERE u.username_key = ?",
                            account_from, key);
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::vector<Account>> SqlAccountStore::accounts() {
    auto work = [](Connection& db) {
        return db.query("SELECT " SW_ACCOUNT_COLUMNS
                        " FROM users u WHERE u.kind = 'user' ORDER BY u.created_at, u.id",
                        account_from);
    };
    co_return co_await database_.read(std::move(work));
}

Async<Account> SqlAccountStore::change(UserId id, AccountChanges changes) {
    auto work = [id, changes = std::move(changes)](Connection& db) -> Result<Account> {
        SW_CHECK(
            db.run("UPDATE users SET display_name = coalesce(?, display_name),"
                   " password_hash = coalesce(?, password_hash), admin = coalesce(?, admin)"
                   " WHERE id = ?",
                   changes.display_name, changes.password_hash, changes.admin, id));
        return load(db, id);
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::vector<SessionId>> SqlAccountStore::remove(UserId id) {
    auto work = [id](Connection& db) -> Result<std::vector<SessionId>> {
        SW_TRY(auto ended, db.query(
                               "SELECT id FROM sessions WHERE user_id = ?",
                               [](const Row& row) { return row.id<SessionId>(0); }, id));
        // A ban on an address outlives the user that it named; one on the user alone does not.
        SW_CHECK(db.run("DELETE FROM bans WHERE user_id = ? AND address = ''", id));
        SW_TRY(const auto removed, db.run("DELETE FROM users WHERE id = ?", id));
        if (removed == 0) return fail(ErrorCode::NotFound, "no such user");
        return ended;
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlAccountStore::add_invitation(Invitation invitation) {
    auto work = [invitation](Connection& db) -> Result<> {
        const auto by =
            invitation.created_by.is_nil() ? std::nullopt : std::optional(invitation.created_by);
        SW_CHECK(db.run(
            "INSERT INTO invitations (token_hash, created_by, created_at, expires_at)"
            " VALUES (?, ?, ?, ?)",
            blob_of(invitation.token_hash), by, invitation.created_at, invitation.expires_at));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlAccountStore::set_setup_token(std::optional<Sha256Sum> token_hash) {
    auto work = [token_hash](Connection& db) -> Result<> {
        if (!token_hash) {
            SW_CHECK(db.run("DELETE FROM installation WHERE key = ?", kSetupTokenKey));
            return {};
        }
        SW_CHECK(
            db.run("INSERT INTO installation (key, value) VALUES (?, ?)"
                   " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                   kSetupTokenKey, encode_base64url(*token_hash)));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::optional<Sha256Sum>> SqlAccountStore::setup_token() {
    auto work = [](Connection& db) -> Result<std::optional<Sha256Sum>> {
        SW_TRY(const auto value, db.query_one(
                                     "SELECT value FROM installation WHERE key = ?",
                                     [](const Row& row) { return row.text(0); }, kSetupTokenKey));
        if (!value) return std::nullopt;
        SW_TRY(const auto bytes, decode_base64url(*value));
        return sum_from(std::string(bytes.begin(), bytes.end()));
    };
    co_return co_await database_.read(std::move(work));
}

}  // namespace syncwatch::sql
