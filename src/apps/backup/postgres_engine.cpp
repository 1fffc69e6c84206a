#include "apps/backup/postgres_engine.h"

#include <charconv>
#include <string_view>

#include <fmt/format.h>

#include "adapters/encrypted_repository/repository_key.h"
#include "adapters/pgbackrest/pgbackrest_backups.h"
#include "adapters/postgres/settings.h"
#include "adapters/s3/credentials.h"
#include "adapters/s3/location.h"
#include "recovery/postgres/component.h"

namespace syncwatch::apps {
namespace {

constexpr std::string_view kBelow = "pgbackrest";

Result<pgbackrest::RepositoryOptions::S3> store_of(const s3::Location& location,
                                                   const std::string& credentials) {
    if (location.scheme != "https") {
        return fail(ErrorCode::InvalidInput,
                    "pgBackRest speaks to S3 stores with TLS alone: name it with https");
    }
    pgbackrest::RepositoryOptions::S3 store;
    store.host = location.host;
    if (const std::size_t colon = location.host.rfind(':'); colon != std::string::npos) {
        const char* const end = location.host.data() + location.host.size();
        const auto read = std::from_chars(location.host.data() + colon + 1, end, store.port);
        if (read.ec != std::errc() || read.ptr != end) {
            return fail(ErrorCode::InvalidInput, location.host + " has no port");
        }
        store.host.resize(colon);
    }
    store.bucket = location.bucket;
    store.region = location.region;
    store.path_style = location.style == s3::Style::Path;
    store.ca_file = location.ca_file;
    s3::CredentialsFile file(credentials);
    SW_TRY(const s3::Credentials keys, file.current());
    store.key = keys.access_key;
    store.secret = keys.secret_key;
    store.token = keys.session_token;
    return store;
}

Result<pgbackrest::RepositoryOptions> repository_of(const std::string& name,
                                                    const recovery::Repository& place) {
    pgbackrest::RepositoryOptions repository;
    repository.name = name;
    repository.may_delete = place.may_delete;
    if (!place.key_file.empty()) {
        SW_TRY(const auto key, encrypted::RepositoryKey::read(place.key_file));
        repository.passphrase = encode_base64url(key.derived("pgbackrest"));
    }
    if (place.url.starts_with("s3:")) {
        SW_TRY(const s3::Location location, s3::Location::parse(place.url));
        SW_TRY(repository.s3, store_of(location, place.credentials_file));
        repository.path = fmt::format("/{}{}", location.prefix, kBelow);
        return repository;
    }
    std::string_view url = place.url;
    if (url.starts_with("file:")) url.remove_prefix(5);
    const std::filesystem::path folder(url);
    if (!folder.is_absolute()) {
        return fail(ErrorCode::InvalidInput, place.url + " is neither a folder nor an s3:…");
    }
    repository.path = (folder / kBelow).lexically_normal();
    return repository;
}

/// Comes before the component that stands on it.
struct OwnedEngine {
    pgbackrest::PgBackRestBackups engine;
};
class OwnedPostgres final : private OwnedEngine, public recovery::PgComponent {
public:
    OwnedPostgres(pgbackrest::Options options, Clock& clock, RestoredVisitor& visitor)
        : OwnedEngine{pgbackrest::PgBackRestBackups(std::move(options))},
          PgComponent(engine, clock, engine.options().work, &visitor) {}
};

}  // namespace

Result<std::string> our_database(const config::Settings& settings) {
    if (!settings.postgres.on()) return "postgres";
    return postgres::database_in(settings.postgres.url);
}

Result<pgbackrest::Options> pgbackrest_options(const config::Settings& settings,
                                               const recovery::Plan& plan) {
    pgbackrest::Options options;
    options.stanza = settings.recovery.pg_stanza;
    options.data = settings.recovery.pg_data;
    options.socket = settings.recovery.pg_socket;
    options.port = settings.recovery.pg_port;
    options.user = settings.recovery.pg_user;
    options.work = settings.recovery.pg_work;
    SW_TRY(options.contents, our_database(settings));
    for (const char* name : {"near", "far"}) {
        const auto found = plan.repositories.find(name);
        if (found == plan.repositories.end()) continue;
        auto repository = repository_of(name, found->second);
        if (!repository) return fail(std::move(repository).error().within(name));
        options.repositories.push_back(*std::move(repository));
    }
    if (options.repositories.empty()) {
        return fail(ErrorCode::NotFound, "the plan names no place for backups", "no_repository");
    }
    return options;
}

Result<std::unique_ptr<recovery::BackupComponent>> open_postgres_component(
    const config::Settings& settings, const recovery::Plan& plan, Clock& clock,
    RestoredVisitor& visitor) {
    SW_TRY(pgbackrest::Options options, pgbackrest_options(settings, plan));
    return std::make_unique<OwnedPostgres>(std::move(options), clock, visitor);
}

Result<std::string> fetch_command(const config::Settings& settings) {
    const config::Settings::Recovery& recovery = settings.recovery;
    return restore_command({"--recovery-plan", std::filesystem::absolute(recovery.plan).string(),
                            "--recovery-pg-stanza", recovery.pg_stanza, "--recovery-pg-data",
                            recovery.pg_data.string(), "--recovery-pg-work",
                            recovery.pg_work.string()});
}

Result<std::string> restore_command(const std::vector<std::string>& flags) {
    std::error_code failed;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
    std::vector<std::string> words{program.string(), "wal-get"};
    words.insert(words.end(), flags.begin(), flags.end());
    std::string command;
    for (const std::string& each : words) {
        constexpr std::string_view kPlain =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+:,@= ";
        if (each.empty() || each.find_first_not_of(kPlain) != std::string::npos) {
            return fail(ErrorCode::InvalidInput,
                        "restore_command cannot have this in it: '" + each + "'");
        }
        const bool is_word = each.find(' ') == std::string::npos;
        command += fmt::format("{}{} ", is_word ? "" : "\"", each + (is_word ? "" : "\""));
    }
    return command + "%f \"%p\"";
}

}  // namespace syncwatch::apps
