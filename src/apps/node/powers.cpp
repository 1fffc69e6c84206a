#include "apps/node/powers.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "adapters/postgres/migrate.h"
#include "adapters/sqlite/migrate.h"
#include "apps/node/breaker_log.h"
#include "base/async/run_to_end.h"
#include "base/log/log.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;

Result<> ensure_folder(const fs::path& folder) {
    std::error_code failed;
    if (fs::is_directory(folder, failed)) return {};
    fs::create_directories(folder, failed);
    if (failed) {
        return fail(ErrorCode::Forbidden,
                    "make the data folder " + folder.string() + ": " + failed.message(),
                    "data_folder");
    }
    // What people upload and who they are is nobody else's business on this machine.
    fs::permissions(folder, fs::perms::owner_all, failed);
    return {};
}

Result<std::unique_ptr<Powers>> with_bus(std::unique_ptr<Powers> powers,
                                         const config::Settings& settings) {
    SW_TRY(powers->node_bus, NodeBus::make(settings, powers->clock, powers->random));
    return powers;
}

}  // namespace

Result<std::unique_ptr<Powers>> Powers::open(const config::Settings& settings, sql::Schema schema) {
    SW_CHECK(ensure_folder(settings.data.dir));
    if (settings.postgres.on()) {
        postgres::Database::Options options;
        options.settings = postgres_settings(settings);
        options.schema = schema;
        options.connections = settings.postgres.connections;
        SW_TRY(auto database, postgres::Database::open(std::move(options)));
        postgres::Database* const known = database.get();
        auto tell = [](bool open, const CircuitBreaker::Status& status) {
            log_breaker("database", open, status);
        };
        known->breaker().set_listener(std::move(tell));
        auto powers = std::make_unique<Powers>(std::move(database), known, nullptr);
        // Before anything is signed or leased by it.
        const auto read = run_to_end(powers->wall_keeper->look());
        if (!read) log::warning("clock.not_compared", {{"error", read.error().message}});
        return with_bus(std::move(powers), settings);
    }
    sqlite::Database::Options options;
    options.path = settings.database_path();
    options.schema = schema;
    SW_TRY(auto database, sqlite::Database::open(std::move(options)));
    sqlite::Database* const known = database.get();
    return with_bus(std::make_unique<Powers>(std::move(database), nullptr, known), settings);
}

namespace {

std::unique_ptr<TimeReference> reference_of(postgres::Database* database) {
    if (database == nullptr) return nullptr;
    return std::make_unique<postgres::PostgresTime>(*database);
}

std::unique_ptr<WallKeeper> keeper_of(SystemClock& clock, TimeReference* reference) {
    if (reference == nullptr) return nullptr;
    return std::make_unique<WallKeeper>(clock, *reference);
}

}  // namespace

Powers::Powers(std::unique_ptr<sql::Database> opened, postgres::Database* of_postgres,
               sqlite::Database* of_sqlite)
    : hasher(Argon2Hasher::Options()),
      database(std::move(opened)),
      postgres(of_postgres),
      sqlite(of_sqlite),
      accounts(*database),
      rooms(*database),
      audit(*database, clock),
      chat(*database),
      queues(*database),
      playback(*database),
      media(*database),
      replicas(*database),
      keys(*database),
      reference(reference_of(postgres)),
      wall_keeper(keeper_of(clock, reference.get())) {}

postgres::Settings postgres_settings(const config::Settings& settings) {
    postgres::Settings wanted;
    wanted.url = settings.postgres.url;
    wanted.password = settings.secret("database.password", settings.postgres.password);
    wanted.application_name = "syncwatch " + settings.node.name;
    return wanted;
}

Result<KeyStore::Key> Powers::key(const char* name) {
    KeyStore::Key fresh{};
    random.fill(fresh);
    return run_to_end(keys.key(name, fresh));
}

namespace {

Result<Migrated> migrate_postgres(const config::Settings& settings) {
    SW_TRY(auto connection, postgres::Connection::open(postgres_settings(settings)));
    Migrated done;
    auto applied = postgres::migrate(*connection);
    if (!applied) return fail(std::move(applied).error().within(connection->place()));
    done.applied = *std::move(applied);
    SW_TRY(done.version, postgres::schema_version(*connection));
    return done;
}

}  // namespace

Result<Migrated> migrate_database(const config::Settings& settings) {
    if (settings.postgres.on()) return migrate_postgres(settings);
    SW_CHECK(ensure_folder(settings.data.dir));
    const std::string path = settings.database_path();
    SW_TRY(auto connection, sqlite::Connection::open(path, sqlite::Connection::Mode::ReadWrite));
    Migrated done;
    auto applied = sqlite::migrate(connection);
    if (!applied) return fail(std::move(applied).error().within(path));
    done.applied = *std::move(applied);
    SW_TRY(done.version, sqlite::schema_version(connection));
    return done;
}

}  // namespace syncwatch::apps
