#include "adapters/pgbackrest/rows.h"

#include <charconv>

#include <fmt/format.h>

namespace syncwatch::pgbackrest {
namespace {

constexpr const char* kCount = R"(
SELECT relname, (xpath('/row/c/text()', query_to_xml(
           format('SELECT count(*) AS c FROM %I.%I', schemaname, relname), false, true, '')))[1]
FROM pg_stat_user_tables WHERE schemaname = 'public' AND pg_relation_size(relid) <= {}
ORDER BY relname)";

/// A constraint that counts as valid is looked at by nobody: so none does. Keys are checked by
/// making their indexes anew.
constexpr const char* kRecheck = R"(
CREATE FUNCTION pg_temp.recheck() RETURNS SETOF text LANGUAGE plpgsql AS $body$
DECLARE
    one record;
    columns record;
    has_nulls boolean;
BEGIN
    UPDATE pg_constraint SET convalidated = false
    WHERE contype IN ('c', 'f') AND convalidated AND conrelid IN (
        SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace);
    FOR one IN
        SELECT conname, contype, conrelid::regclass AS its_table,
               conindid::regclass AS its_index
        FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
              AND contype IN ('c', 'f', 'p', 'u', 'x')
        ORDER BY pg_constraint.oid
    LOOP
        BEGIN
            IF one.contype IN ('c', 'f') THEN
                EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I', one.its_table, one.conname);
            ELSE
                EXECUTE format('REINDEX INDEX %s', one.its_index);
            END IF;
        EXCEPTION WHEN OTHERS THEN
            RETURN NEXT SQLERRM;
        END;
    END LOOP;
    FOR columns IN
        SELECT attrelid::regclass AS its_table,
               string_agg(format('%I IS NULL', attname), ' OR ') AS are_null
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
              AND attnotnull AND attnum > 0 AND NOT attisdropped
        GROUP BY attrelid
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE %s)', columns.its_table,
                       columns.are_null)
            INTO has_nulls;
        IF has_nulls THEN
            RETURN NEXT format('%s has nulls in columns that are never null',
                               columns.its_table);
        END IF;
    END LOOP;
END
$body$;
SELECT pg_temp.recheck())";

constexpr const char* kNewestStep = R"(
SELECT CASE WHEN to_regclass('public.schema_steps') IS NULL THEN '' ELSE
       (xpath('/row/v/text()', query_to_xml(
           'SELECT max(version) AS v FROM public.schema_steps', false, true, '')))[1]::text END)";

}  // namespace

Async<std::string> schema_version(const Engine& engine, Door door,
                                  std::chrono::milliseconds deadline) {
    SW_CO_TRY(const auto rows, co_await ask_server(engine, std::move(door), kNewestStep, deadline));
    co_return rows.size() == 1 && !rows[0].empty() ? rows[0][0] : std::string();
}

Async<DatabaseBackups::Rows> count_rows(const Engine& engine, Door door, std::uint64_t largest,
                                        std::chrono::milliseconds deadline) {
    std::string sql = fmt::format(kCount, largest);
    SW_CO_TRY(const auto rows,
              co_await ask_server(engine, std::move(door), std::move(sql), deadline));
    DatabaseBackups::Rows counts;
    for (const auto& row : rows) {
        if (row.size() != 2) continue;
        std::uint64_t count = 0;
        const std::string& digits = row[1];
        (void)std::from_chars(digits.data(), digits.data() + digits.size(), count);
        counts[row[0]] = count;
    }
    co_return counts;
}

Async<std::vector<std::string>> recheck_constraints(const Engine& engine, Door door,
                                                    std::chrono::milliseconds deadline) {
    std::string sql = kRecheck;
    SW_CO_TRY(const auto rows,
              co_await ask_server(engine, std::move(door), std::move(sql), deadline));
    std::vector<std::string> faults;
    for (const auto& row : rows) faults.push_back(row.front());
    co_return faults;
}

}  // namespace syncwatch::pgbackrest
