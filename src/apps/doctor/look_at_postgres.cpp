#include <chrono>

#include <fmt/format.h>

#include "adapters/postgres/migrate.h"
#include "apps/doctor/looks.h"
#include "apps/node/powers.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;

constexpr const char* kPostgres = "database";
constexpr int kOldest = 150000;  ///< PostgreSQL 15, as server_version_num has it.
constexpr auto kSlow = 20ms;
constexpr auto kFarApart = 2s;

struct PostgresFacts {
    std::int64_t version = 0;
    std::string version_text;
    std::int64_t max_connections = 0;
    WallTime now{};
};

Result<PostgresFacts> facts_of(postgres::Connection& db) {
    const auto map = [](const sql::Row& row) {
        return PostgresFacts{row.integer(0), row.text(1), row.integer(2), row.time(3)};
    };
    db.begin(postgres::Connection::Mode::Read);
    SW_TRY(const auto facts,
           db.query_one("SELECT current_setting('server_version_num'),"
                        " current_setting('server_version'), current_setting('max_connections'),"
                        " CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
                        map));
    db.end_read();
    return facts.value_or(PostgresFacts());
}

void tell_version(const PostgresFacts& facts, const std::string& place, Findings& findings) {
    const std::string what = fmt::format("PostgreSQL {} at {}", facts.version_text, place);
    if (facts.version < kOldest) {
        findings.problem(kPostgres, what, "Use PostgreSQL 15 or newer.");
    } else {
        findings.well(kPostgres, what);
    }
}

void tell_schema(postgres::Connection& db, Findings& findings) {
    const auto version = postgres::schema_version(db);
    if (!version) return findings.problem(kPostgres, version.error().message, "Look at its log.");
    const int newest = postgres::schema().back().version;
    const std::string what = fmt::format("schema {} of {}", *version, newest);
    if (*version > newest) {
        findings.problem(kPostgres, what, "It was written by a newer syncwatch: use that one.");
    } else if (*version < newest) {
        findings.advice(kPostgres, what,
                        "The next start brings it up to date; syncwatch migrate does it now.");
    } else {
        findings.well(kPostgres, what);
    }
}

}  // namespace

void look_at_postgres(const config::Settings& settings, const Clock& clock, Findings& findings) {
    auto db = postgres::Connection::open(postgres_settings(settings));
    if (!db) {
        return findings.problem(kPostgres, db.error().message,
                                "Look at database.url, database.password_file, and whether the "
                                "server runs and lets this machine in (pg_hba.conf).");
    }
    (void)facts_of(**db);  // The first statement is slower than the ones that follow.
    const Instant begun = clock.now();
    const auto facts = facts_of(**db);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - begun);
    if (!facts) return findings.problem(kPostgres, facts.error().message, "Look at its log.");
    tell_version(*facts, (*db)->place(), findings);
    tell_schema(**db, findings);
    if (took > kSlow) {
        findings.advice(kPostgres, fmt::format("a query takes {} ms", took.count()),
                        "Nodes want their database near: the same machine room at best.");
    }
    if (facts->max_connections < settings.postgres.connections + 10) {
        findings.advice(kPostgres,
                        fmt::format("max_connections is {}, this node alone keeps {}",
                                    facts->max_connections, settings.postgres.connections),
                        "Raise max_connections, or lower database.connections.");
    }
    const auto apart = std::chrono::abs(facts->now - clock.wall());
    if (apart > kFarApart) {
        findings.problem(
            "clock",
            fmt::format("this machine and the database are {} s apart",
                        std::chrono::duration_cast<std::chrono::seconds>(apart).count()),
            "Set both machines' time of day right (systemd-timesyncd, chrony).");
    }
    (*db)->begin(postgres::Connection::Mode::Read);
    look_at_trash(**db, findings);
    (*db)->end_read();
}

}  // namespace syncwatch::apps
