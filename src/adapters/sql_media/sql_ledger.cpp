// The part of SqlMediaStore that keeps the object ledger.
#include <utility>

#include "adapters/sql_media/media_rows.h"
#include "adapters/sql_media/sql_media_store.h"

namespace syncwatch::sql {
namespace {

Result<> forget_objects(Connection& db, const std::string& key) {
    SW_CHECK(db.run("DELETE FROM objects WHERE key = ? OR (key > ? AND key < ?)", key, key + "/",
                    key + "0"));
    SW_CHECK(db.run("DELETE FROM doomed WHERE key = ?", key));
    return {};
}

}  // namespace

Async<> SqlMediaStore::record(std::vector<StoredBlob> objects, WallTime now) {
    auto work = [objects = std::move(objects), now](Connection& db) -> Result<> {
        for (const StoredBlob& object : objects) SW_CHECK(record_object(db, object, now));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::optional<StoredBlob>> SqlMediaStore::find_object(std::string key) {
    auto work = [key = std::move(key)](Connection& db) {
        return db.query_one("SELECT key, size, sha256 FROM objects WHERE key = ?", object_from,
                            key);
    };
    co_return co_await database_.read(std::move(work));
}

// '0' is the character behind '/': the range is exactly what begins with prefix + "/".
Async<std::vector<StoredBlob>> SqlMediaStore::objects_under(std::string prefix) {
    auto work = [prefix = std::move(prefix)](Connection& db) {
        return db.query(
            "SELECT key, size, sha256 FROM objects WHERE key > ? AND key < ?"
            " ORDER BY key",
            object_from, prefix + "/", prefix + "0");
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::vector<std::string>> SqlMediaStore::doomed(int limit) {
    auto work = [limit](Connection& db) {
        return db.query(
            "SELECT key FROM doomed ORDER BY key LIMIT ?",
            [](const Row& row) { return row.text(0); }, limit);
    };
    co_return co_await database_.read(std::move(work));
}

Async<> SqlMediaStore::forget_doomed(std::string key) {
    auto work = [key = std::move(key)](Connection& db) { return forget_objects(db, key); };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlMediaStore::leave_behind(std::string key, WallTime now) {
    auto work = [key = std::move(key), now](Connection& db) -> Result<> {
        SW_CHECK(
            db.run("INSERT INTO left_behind (key, left_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
                   key, now));
        return forget_objects(db, key);
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::vector<LeftBehind>> SqlMediaStore::left_behind(std::string after, int limit) {
    auto work = [after = std::move(after), limit](Connection& db) {
        return db.query(
            "SELECT key, left_at FROM left_behind WHERE key > ? ORDER BY key LIMIT ?",
            [](const Row& row) {
                return LeftBehind{row.text(0), row.time(1)};
            },
            after, limit);
    };
    co_return co_await database_.read(std::move(work));
}

Async<> SqlMediaStore::forget_left(std::string key) {
    auto work = [key = std::move(key)](Connection& db) -> Result<> {
        SW_CHECK(db.run("DELETE FROM left_behind WHERE key = ?", key));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

}  // namespace syncwatch::sql
