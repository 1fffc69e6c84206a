#include "apps/node/powers.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "adapters/sqlite/migrate.h"

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

}  // namespace

Result<std::unique_ptr<Powers>> Powers::open(const config::Settings& settings,
                                             sqlite::Database::Schema schema) {
    SW_CHECK(ensure_folder(settings.data.dir));
    sqlite::Database::Options options;
    options.path = settings.database_path();
    options.schema = schema;
    SW_TRY(auto database, sqlite::Database::open(std::move(options)));
    return std::make_unique<Powers>(std::move(database));
}

Powers::Powers(std::unique_ptr<sqlite::Database> opened)
    : hasher(Argon2Hasher::Options()),
      database(std::move(opened)),
      accounts(*database),
      rooms(*database),
      audit(*database, clock),
      chat(*database),
      queues(*database),
      playback(*database),
      media(*database),
      keys(*database) {}

Result<Migrated> migrate_database(const config::Settings& settings) {
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
