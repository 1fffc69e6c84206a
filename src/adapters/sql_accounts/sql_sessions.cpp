// The part of SqlAccountStore that keeps sessions.
#include "adapters/sql_accounts/account_rows.h"
#include "adapters/sql_accounts/sql_account_store.h"

namespace syncwatch::sql {

Async<> SqlAccountStore::add_session(Session session) {
    auto work = [session](Connection& db) -> Result<> {
        SW_TRY(const auto added,
               db.run("INSERT INTO sessions (id, user_id, token_hash, created_at, expires_at)"
                      " SELECT ?, id, ?, ?, ? FROM users WHERE id = ?",
                      session.id, blob_of(session.token_hash), session.created_at,
                      session.expires_at, session.user));
        if (added == 0) return fail(ErrorCode::NotFound, "no such user");
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::optional<AccountStore::SessionOwner>> SqlAccountStore::find_session(Sha256Sum token_hash,
                                                                               WallTime now) {
    auto work = [token_hash, now](Connection& db) {
        const auto map = [](const Row& row) {
            SessionOwner found;
            found.account = account_from(row);
            found.session.id = row.id<SessionId>(7);
            found.session.user = found.account.id;
            found.session.token_hash = sum_from(row.blob(8));
            found.session.created_at = row.time(9);
            found.session.expires_at = row.time(10);
            return found;
        };
        return db.query_one("SELECT " SW_ACCOUNT_COLUMNS
                            ", s.id, s.token_hash, s.created_at, s.expires_at"
                            " FROM sessions s JOIN users u ON u.id = s.user_id"
                            " WHERE s.token_hash = ? AND s.expires_at > ?",
                            map, blob_of(token_hash), now);
    };
    co_return co_await database_.read(std::move(work));
}

Async<> SqlAccountStore::extend_session(SessionId id, WallTime expires_at) {
    auto work = [id, expires_at](Connection& db) -> Result<> {
        SW_CHECK(db.run("UPDATE sessions SET expires_at = ? WHERE id = ?", expires_at, id));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlAccountStore::end_session(SessionId id) {
    auto work = [id](Connection& db) -> Result<> {
        SW_CHECK(db.run("DELETE FROM sessions WHERE id = ?", id));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::vector<SessionId>> SqlAccountStore::end_sessions(UserId user,
                                                            std::optional<SessionId> keep) {
    auto work = [user, kept = keep.value_or(SessionId{})](
                    Connection& db) -> Result<std::vector<SessionId>> {
        SW_TRY(auto ended, db.query(
                               "SELECT id FROM sessions WHERE user_id = ? AND id <> ?",
                               [](const Row& row) { return row.id<SessionId>(0); }, user, kept));
        SW_CHECK(db.run("DELETE FROM sessions WHERE user_id = ? AND id <> ?", user, kept));
        return ended;
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::int64_t> SqlAccountStore::remove_expired(WallTime now, WallTime guests_before) {
    auto work = [now, guests_before](Connection& db) -> Result<std::int64_t> {
        SW_TRY(const auto sessions, db.run("DELETE FROM sessions WHERE expires_at <= ?", now));
        SW_TRY(const auto invitations,
               db.run("DELETE FROM invitations WHERE expires_at <= ?", now));
        SW_TRY(const auto guests,
               db.run("DELETE FROM users WHERE kind = 'guest' AND created_at < ?"
                      " AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = users.id)",
                      guests_before));
        SW_CHECK(
            db.run("DELETE FROM bans WHERE (user_id IS NULL AND address = '')"
                   " OR until <= ?",
                   now));
        return sessions + invitations + guests;
    };
    co_return co_await database_.write(std::move(work));
}

}  // namespace syncwatch::sql
