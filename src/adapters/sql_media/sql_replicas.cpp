#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "adapters/sql_media/media_rows.h"
#include "adapters/sql_media/sql_replica_ledger.h"
#include "base/encoding.h"

// Somebody removes it: its key, or a prefix that it is under, is among the doomed.
#define SW_NOT_DOOMED                                              \
    "NOT EXISTS (SELECT 1 FROM doomed d WHERE objects.key = d.key" \
    " OR (objects.key > d.key || '/' AND objects.key < d.key || '0'))"
#define SW_LINE_COLUMNS "key, size, sha256, created_at, replicated_at, verified_at, fault"

namespace syncwatch::sql {
namespace {

constexpr const char* kSecondName = "objects/second";

std::string_view text(ObjectFault fault) {
    if (fault == ObjectFault::Damaged) return "damaged";
    return fault == ObjectFault::Lost ? "lost" : "";
}

ObjectFault fault_from(std::string_view word) {
    if (word.empty()) return ObjectFault::None;
    return word == "lost" ? ObjectFault::Lost : ObjectFault::Damaged;
}

LedgerLine line_from(const Row& row) {
    LedgerLine line;
    line.object = object_from(row);
    line.created_at = row.time(3);
    line.replicated_at = row.optional_time(4);
    if (row.integer(5) != 0) line.verified_at = row.time(5);
    line.fault = fault_from(row.text(6));
    return line;
}

std::uint64_t count(const Row& row, int column) {
    return static_cast<std::uint64_t>(row.integer(column));
}

/// A key, and everything above it that could be doomed with it.
void add_with_prefixes(const std::string& key, std::set<std::string>& names) {
    names.insert(key);
    for (std::size_t at = key.find('/'); at != std::string::npos; at = key.find('/', at + 1)) {
        names.insert(key.substr(0, at));
    }
}

/// Those of the names that are a key in this table.
Result<std::set<std::string>> those_in(Connection& db, std::string_view table,
                                       const std::set<std::string>& names) {
    constexpr std::size_t kAtOnce = 500;
    std::set<std::string> found;
    for (auto next = names.begin(); next != names.end();) {
        std::string sql = "SELECT key FROM ";
        sql.append(table).append(" WHERE key IN (");
        std::vector<Parameter> parameters;
        for (; next != names.end() && parameters.size() < kAtOnce; ++next) {
            sql += parameters.empty() ? "?" : ", ?";
            parameters.push_back(parameter(*next));
        }
        const auto map = [](const Row& row) { return row.text(0); };
        SW_TRY(const auto some, db.query_with(sql + ")", map, parameters));
        found.insert(some.begin(), some.end());
    }
    return found;
}

/// Marks what a query found, so that nobody else takes it before `until`.
Result<std::vector<StoredBlob>> claim(Connection& db, std::vector<StoredBlob> found,
                                      WallTime until) {
    for (const StoredBlob& each : found) {
        SW_CHECK(db.run("UPDATE objects SET not_before = ? WHERE key = ?", until, each.key));
    }
    return found;
}

}  // namespace

Async<bool> SqlReplicaLedger::use_second(std::string name) {
    auto work = [name = std::move(name)](Connection& db) -> Result<bool> {
        SW_TRY(const auto before, db.query_one(
                                      "SELECT value FROM installation WHERE key = ?",
                                      [](const Row& row) { return row.text(0); }, kSecondName));
        if (before == name) return false;
        SW_CHECK(
            db.run("INSERT INTO installation (key, value) VALUES (?, ?)"
                   " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                   kSecondName, name));
        SW_CHECK(db.run("UPDATE objects SET replicated_at = NULL WHERE replicated_at IS NOT NULL"));
        return true;
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::optional<LedgerLine>> SqlReplicaLedger::find_line(std::string key) {
    auto work = [key = std::move(key)](Connection& db) {
        return db.query_one("SELECT " SW_LINE_COLUMNS " FROM objects WHERE key = ?", line_from,
                            key);
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::vector<StoredBlob>> SqlReplicaLedger::claim_unreplicated(int limit, WallTime now,
                                                                    WallTime until) {
    auto work = [limit, now, until](Connection& db) -> Result<std::vector<StoredBlob>> {
        SW_TRY(auto found,
               db.query("SELECT key, size, sha256 FROM objects WHERE replicated_at IS NULL"
                        " AND fault = '' AND not_before <= ? ORDER BY created_at, key LIMIT ?",
                        object_from, now, limit));
        return claim(db, std::move(found), until);
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::vector<StoredBlob>> SqlReplicaLedger::claim_unverified(int limit, WallTime before,
                                                                  WallTime now, WallTime until) {
    auto work = [limit, before, now, until](Connection& db) -> Result<std::vector<StoredBlob>> {
        SW_TRY(auto found,
               db.query("SELECT key, size, sha256 FROM objects WHERE verified_at < ?"
                        " AND fault = '' AND not_before <= ? ORDER BY verified_at, key LIMIT ?",
                        object_from, before, now, limit));
        return claim(db, std::move(found), until);
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::vector<StoredBlob>> SqlReplicaLedger::claim_faulty(int limit, WallTime now,
                                                              WallTime until) {
    auto work = [limit, now, until](Connection& db) -> Result<std::vector<StoredBlob>> {
        SW_TRY(auto found, db.query("SELECT key, size, sha256 FROM objects WHERE fault <> ''"
                                    " AND not_before <= ? ORDER BY key LIMIT ?",
                                    object_from, now, limit));
        return claim(db, std::move(found), until);
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::optional<StoredBlob>> SqlReplicaLedger::claim_line(std::string key, WallTime now,
                                                              WallTime until) {
    auto work = [key = std::move(key), now,
                 until](Connection& db) -> Result<std::optional<StoredBlob>> {
        SW_TRY(auto found, db.query("SELECT key, size, sha256 FROM objects WHERE key = ?"
                                    " AND fault <> '' AND not_before <= ?",
                                    object_from, key, now));
        SW_TRY(auto claimed, claim(db, std::move(found), until));
        if (claimed.empty()) return std::nullopt;
        return std::move(claimed.front());
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlReplicaLedger::postpone(StoredBlob object, WallTime until) {
    auto work = [object = std::move(object), until](Connection& db) -> Result<> {
        SW_CHECK(db.run("UPDATE objects SET not_before = ? WHERE key = ? AND sha256 = ?", until,
                        object.key, encode_hex(object.sha256)));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<bool> SqlReplicaLedger::note_replicated(StoredBlob object, WallTime now) {
    auto work = [object = std::move(object), now](Connection& db) -> Result<bool> {
        SW_TRY(const auto changed, db.run("UPDATE objects SET replicated_at = ?, not_before = 0"
                                          " WHERE key = ? AND sha256 = ? AND " SW_NOT_DOOMED,
                                          now, object.key, encode_hex(object.sha256)));
        return changed > 0;
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlReplicaLedger::note_verified(StoredBlob object, Copies copies, WallTime now) {
    auto work = [object = std::move(object), copies, now](Connection& db) -> Result<> {
        const std::string sum = encode_hex(object.sha256);
        SW_CHECK(
            db.run("UPDATE objects SET verified_at = ?, fault = '', not_before = 0"
                   " WHERE key = ? AND sha256 = ?",
                   now, object.key, sum));
        if (copies == Copies::One) return {};
        SW_CHECK(
            db.run("UPDATE objects SET replicated_at = ? WHERE key = ? AND sha256 = ?"
                   " AND replicated_at IS NULL",
                   now, object.key, sum));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlReplicaLedger::note_fault(StoredBlob object, ObjectFault fault, WallTime until) {
    auto work = [object = std::move(object), fault, until](Connection& db) -> Result<> {
        SW_CHECK(db.run("UPDATE objects SET fault = ?, not_before = ? WHERE key = ? AND sha256 = ?",
                        text(fault), until, object.key, encode_hex(object.sha256)));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<bool> SqlReplicaLedger::is_wanted(StoredBlob object) {
    auto work = [object = std::move(object)](Connection& db) -> Result<bool> {
        SW_TRY(const auto found,
               db.query_one(
                   "SELECT 1 FROM objects WHERE key = ? AND sha256 = ? AND " SW_NOT_DOOMED,
                   [](const Row&) { return true; }, object.key, encode_hex(object.sha256)));
        return found.has_value();
    };
    co_return co_await database_.read(std::move(work));
}

Async<ReplicaBacklog> SqlReplicaLedger::backlog() {
    auto work = [](Connection& db) -> Result<ReplicaBacklog> {
        const auto map = [](const Row& row) {
            ReplicaBacklog backlog;
            backlog.objects = count(row, 0);
            backlog.bytes = count(row, 1);
            backlog.oldest = row.optional_time(2);
            return backlog;
        };
        SW_TRY(const auto found,
               db.query_one("SELECT count(*), CAST(coalesce(sum(size), 0) AS BIGINT),"
                            " min(created_at) FROM objects WHERE replicated_at IS NULL",
                            map));
        return found.value_or(ReplicaBacklog());
    };
    co_return co_await database_.read(std::move(work));
}

Async<LedgerCoverage> SqlReplicaLedger::coverage(WallTime since) {
    auto work = [since](Connection& db) -> Result<LedgerCoverage> {
        const auto map = [](const Row& row) {
            LedgerCoverage coverage;
            coverage.objects = count(row, 0);
            coverage.bytes = count(row, 1);
            coverage.verified_objects = count(row, 2);
            coverage.verified_bytes = count(row, 3);
            if (row.integer(4) != 0) coverage.oldest = row.time(4);
            coverage.damaged = count(row, 5);
            coverage.lost = count(row, 6);
            if (!row.is_null(7) && row.integer(7) != 0) coverage.newest = row.time(7);
            return coverage;
        };
        SW_TRY(
            const auto found,
            db.query_one("SELECT count(*), CAST(coalesce(sum(size), 0) AS BIGINT),"
                         " coalesce(sum(CASE WHEN verified_at >= ?1 THEN 1 ELSE 0 END), 0),"
                         " CAST(coalesce(sum(CASE WHEN verified_at >= ?1 THEN size ELSE 0 END), 0)"
                         " AS BIGINT), min(verified_at),"
                         " coalesce(sum(CASE WHEN fault = 'damaged' THEN 1 ELSE 0 END), 0),"
                         " coalesce(sum(CASE WHEN fault = 'lost' THEN 1 ELSE 0 END), 0), "
                         "max(verified_at) FROM objects",
                         map, since));
        return found.value_or(LedgerCoverage());
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::vector<LedgerLine>> SqlReplicaLedger::faulty(int limit) {
    auto work = [limit](Connection& db) {
        return db.query("SELECT " SW_LINE_COLUMNS
                        " FROM objects WHERE fault <> '' ORDER BY key LIMIT ?",
                        line_from, limit);
    };
    co_return co_await database_.read(std::move(work));
}

// '0' is the character behind '/': the range ends with what begins with prefix + "/".
Async<std::vector<LedgerLine>> SqlReplicaLedger::lines(std::string prefix, std::string after,
                                                       int limit) {
    std::string from = std::max(prefix + "/", after);
    auto work = [from = std::move(from), end = prefix + "0", limit](Connection& db) {
        return db.query("SELECT " SW_LINE_COLUMNS
                        " FROM objects WHERE key > ? AND key < ? ORDER BY key LIMIT ?",
                        line_from, from, end, limit);
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::vector<std::string>> SqlReplicaLedger::unknown_of(std::vector<std::string> keys) {
    auto work = [keys = std::move(keys)](Connection& db) -> Result<std::vector<std::string>> {
        const std::set<std::string> all(keys.begin(), keys.end());
        SW_TRY(const auto known, those_in(db, "objects", all));
        std::set<std::string> names;
        for (const std::string& key : keys) add_with_prefixes(key, names);
        SW_TRY(auto doomed, those_in(db, "doomed", names));
        SW_TRY(const auto left, those_in(db, "left_behind", names));
        doomed.insert(left.begin(), left.end());
        std::vector<std::string> unknown;
        for (const std::string& key : keys) {
            std::set<std::string> of_it;
            add_with_prefixes(key, of_it);
            const bool goes = std::ranges::any_of(
                of_it, [&doomed](const std::string& each) { return doomed.contains(each); });
            if (!goes && !known.contains(key)) unknown.push_back(key);
        }
        return unknown;
    };
    co_return co_await database_.read(std::move(work));
}

}  // namespace syncwatch::sql
