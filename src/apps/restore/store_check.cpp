#include "apps/restore/store_check.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "adapters/sql_media/media_rows.h"

namespace syncwatch::apps {
namespace {

/// All objects lie below it.
constexpr const char* kAll = "videos";
constexpr int kPage = 1000;

KnownObject known_from(const sql::Row& row) {
    return {sql::object_from(row), row.optional_time(3).has_value(), !row.text(4).empty()};
}

/// Keys and prefixes that are being removed.
using Doomed = std::set<std::string, std::less<>>;

bool is_doomed(const Doomed& doomed, const std::string& key) {
    if (doomed.contains(key)) return true;
    for (std::size_t at = key.find('/'); at != std::string::npos; at = key.find('/', at + 1)) {
        if (doomed.contains(std::string_view(key).substr(0, at))) return true;
    }
    return false;
}

Async<std::vector<KnownObject>> known_after(sql::Database& database, std::string key) {
    auto work = [key = std::move(key)](sql::Connection& db) {
        return db.query(
            "SELECT key, size, sha256, replicated_at, fault FROM objects WHERE key > ?"
            " ORDER BY key LIMIT ?",
            known_from, key, kPage);
    };
    co_return co_await database.read(std::move(work));
}

Async<Doomed> doomed_in(sql::Database& database) {
    auto work = [](sql::Connection& db) -> Result<Doomed> {
        const auto map = [](const sql::Row& row) { return row.text(0); };
        SW_TRY(const auto keys, db.query("SELECT key FROM doomed", map));
        return Doomed(keys.begin(), keys.end());
    };
    co_return co_await database.read(std::move(work));
}

Async<std::vector<std::string>> keys_in(BlobStore* store) {
    if (store == nullptr) co_return std::vector<std::string>();
    std::string all = kAll;
    co_return co_await store->list(std::move(all));
}

bool has(const std::vector<std::string>& keys, const std::string& key) {
    return std::ranges::binary_search(keys, key);
}

}  // namespace

Async<> StoreCheck::count_rows(StoreReport& report) {
    auto work = [](sql::Connection& db) -> Result<std::map<std::string, std::int64_t>> {
        std::map<std::string, std::int64_t> rows;
        const auto map = [](const sql::Row& row) { return row.integer(0); };
        for (const auto& [what, sql] : {
                 std::pair{"trash", "SELECT count(*) FROM doomed"},
                 {"jobs_running", "SELECT count(*) FROM jobs WHERE leased_until IS NOT NULL"},
                 {"uploads_unfinished", "SELECT count(*) FROM uploads WHERE NOT completed"},
                 {"sessions", "SELECT count(*) FROM sessions"},
                 {"leases", "SELECT count(*) FROM leases"},
                 {"users", "SELECT count(*) FROM users"},
                 {"rooms", "SELECT count(*) FROM rooms"},
                 {"videos", "SELECT count(*) FROM videos"},
             }) {
            SW_TRY(const auto found, db.query_one(sql, map));
            rows[what] = found.value_or(0);
        }
        return rows;
    };
    SW_CO_TRY(report.rows, co_await powers_.database.read(std::move(work)));
    co_return Result<>();
}

Async<std::vector<KnownObject>> StoreCheck::known_objects(StoreReport& report) {
    SW_CO_TRY(const Doomed doomed, co_await doomed_in(powers_.database));
    std::vector<KnownObject> wanted;
    for (std::string after;;) {
        SW_CO_TRY(auto page, co_await known_after(powers_.database, after));
        if (page.empty()) break;
        after = page.back().object.key;
        for (KnownObject& each : page) {
            if (!is_doomed(doomed, each.object.key)) wanted.push_back(std::move(each));
        }
    }
    report.objects = wanted.size();
    co_return wanted;
}

Async<> StoreCheck::mark(KnownObject known, StoreReport& report) {
    if (known.has_fault) co_return Result<>();
    // It may have been deleted meanwhile.
    StoredBlob asked = known.object;
    SW_CO_TRY(const bool is_wanted, co_await powers_.replicas.is_wanted(std::move(asked)));
    if (!is_wanted) co_return Result<>();
    SW_CO_CHECK(co_await powers_.replicas.note_fault(std::move(known.object), ObjectFault::Damaged,
                                                     powers_.clock.wall()));
    ++report.marked;
    co_return Result<>();
}

Async<> StoreCheck::compare(StoreReport& report, Then then) {
    // The database first: what it knows was stored before, and is in the listings.
    SW_CO_TRY(auto known, co_await known_objects(report));
    SW_CO_TRY(const auto first, co_await keys_in(&powers_.first));
    SW_CO_TRY(const auto second, co_await keys_in(powers_.second));
    for (KnownObject& each : known) {
        const std::string& key = each.object.key;
        const bool in_first = has(first, key);
        const bool in_second = powers_.second != nullptr && has(second, key);
        if (in_first && (in_second || powers_.second == nullptr)) continue;
        if (in_first && !each.is_replicated) {
            ++report.waiting;
            continue;
        }
        auto& list = in_first    ? report.not_in_second
                     : in_second ? report.not_in_first
                                 : report.lost;
        list.push_back(key);
        if (then == Then::Tell) continue;
        KnownObject missing = each;
        SW_CO_CHECK(co_await mark(std::move(missing), report));
    }
    std::vector<std::string> stored;
    std::ranges::set_union(first, second, std::back_inserter(stored));
    co_return co_await find_unknown(report, std::move(stored));
}

Async<> StoreCheck::find_unknown(StoreReport& report, std::vector<std::string> stored) {
    SW_CO_TRY(const Doomed doomed, co_await doomed_in(powers_.database));
    for (const std::string& key : stored) {
        if (is_doomed(doomed, key)) continue;
        std::string asked = key;
        SW_CO_TRY(const auto line, co_await powers_.replicas.find_line(std::move(asked)));
        if (!line) report.unknown.push_back(key);
    }
    co_return Result<>();
}

Async<StoreReport> StoreCheck::run(Then then) {
    StoreReport report;
    SW_CO_CHECK(co_await count_rows(report));
    SW_CO_CHECK(co_await compare(report, then));
    co_return report;
}

}  // namespace syncwatch::apps
