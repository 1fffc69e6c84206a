#include "apps/backup/desk.h"

#include <system_error>
#include <utility>

#include <unistd.h>

#include "adapters/age/age_program.h"
#include "adapters/redis_backup/redis_snapshot.h"
#include "apps/backup/postgres_engine.h"
#include "apps/backup/redis_source.h"
#include "apps/backup/stream_engine.h"
#include "apps/escrow/escrow_source.h"
#include "recovery/snapshots/snapshot_component.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;

}  // namespace

Result<> BackupDesk::open_places(const recovery::Plan& plan, Powers powers) {
    for (const char* name : {"near", "far"}) {
        const auto found = plan.repositories.find(name);
        if (found == plan.repositories.end()) continue;
        SW_TRY(auto opened,
               OpenRepository::open(found->second, {powers.clock, powers.random, powers.pool}));
        places_.push_back({name, &opened->get()});
        repositories_.push_back(std::move(opened));
    }
    if (!places_.empty()) return {};
    return fail(ErrorCode::NotFound, "the plan names no place for backups", "no_repository");
}

Result<> BackupDesk::make_scratch(const config::Settings& settings) {
    std::error_code failed;
    // On a new machine, where something is to be brought back, there is no data folder.
    const bool is_at_home = fs::is_directory(settings.data.dir, failed);
    const fs::path above = is_at_home ? settings.data.dir / "backup" : fs::temp_directory_path();
    if (is_at_home) {
        fs::create_directories(above, failed);
        // Secrets may pass through it.
        if (!failed) fs::permissions(above, fs::perms::owner_all, failed);
    }
    SW_TRY(held_, recovery::HeldFolder::make(above, "syncwatch-backup-"));
    scratch_ = held_->path();
    return {};
}

void BackupDesk::add(std::string name, std::unique_ptr<SnapshotSource> source, Powers powers) {
    components_.push_back(std::make_unique<recovery::SnapshotComponent>(
        std::move(name), recovery::SnapshotComponent::Powers{*source, *files_, powers.clock,
                                                             scratch_ / "snapshots"}));
    sources_.push_back(std::move(source));
}

void BackupDesk::add_escrow(const config::Settings& settings, const recovery::Plan& plan,
                            const std::string& app_version, Powers powers) {
    const EscrowSource::Powers own{powers.clock, powers.pool};
    const auto options = escrow_options(settings, plan, app_version);
    add("config", std::make_unique<ConfigSource>(options, own), powers);
    // Nobody could open them.
    if (plan.escrow_recipients.empty()) return;
    add("secrets",
        std::make_unique<SecretsSource>(
            options, SecretsSource::Keys{plan.escrow_recipients, plan.escrow_identity},
            age::AgeProgram({}, powers.pool), own),
        powers);
}

Result<> BackupDesk::add_postgres(const config::Settings& settings, const recovery::Plan& plan,
                                  const std::string& cluster, Powers powers) {
    if (settings.recovery.pg_mode == config::PgMode::Stream) {
        if (stream_access(settings).url.empty()) return {};
        SW_TRY(stream_, open_stream_backups(settings, cluster, {places_, scratch_},
                                            {powers.clock, powers.pool}));
        components_.push_back(stream_component(*stream_, powers.clock, scratch_, *canary_));
        return {};
    }
    // It is backed up where its files are, by somebody who may read them.
    const bool is_ours = ::access(settings.recovery.pg_data.c_str(), R_OK | X_OK) == 0;
    if (!settings.postgres.on() || !is_ours) return {};
    SW_TRY(auto component, open_postgres_component(settings, plan, powers.clock, *canary_));
    components_.push_back(std::move(component));
    return {};
}

Result<> BackupDesk::add_redis(const config::Settings& settings, Powers powers) {
    if (settings.recovery.redis_url.empty()) return {};
    redis::RedisSnapshot::Options options;
    SW_TRY(options.server, redis_access(settings, settings.recovery.redis_url));
    add("redis",
        std::make_unique<redis::RedisSnapshot>(
            std::move(options),
            redis::RedisSnapshot::Powers{powers.clock, powers.random, powers.pool}),
        powers);
    return {};
}

Result<std::unique_ptr<BackupDesk>> BackupDesk::open(const config::Settings& settings,
                                                     const recovery::Plan& plan,
                                                     std::string cluster, std::string app_version,
                                                     Powers powers, Scope scope) {
    std::unique_ptr<BackupDesk> desk(new BackupDesk);
    SW_TRY(const auto names, recovery::RepositoryNames::of(cluster));
    SW_CHECK(desk->open_places(plan, powers));
    SW_CHECK(desk->make_scratch(settings));
    desk->catalogue_ = std::make_unique<recovery::Catalogue>(
        recovery::Catalogue::Options{names, desk->scratch_}, desk->places_, powers.clock);
    desk->files_ = std::make_unique<recovery::SnapshotFiles>(names, desk->places_, powers.pool);
    if (scope == Scope::Everything) desk->add_escrow(settings, plan, app_version, powers);
    desk->canary_ = std::make_unique<Canary>(settings, Canary::Powers{powers.clock, powers.random});
    SW_CHECK(desk->add_postgres(settings, plan, cluster, powers));
    SW_CHECK(desk->add_redis(settings, powers));
    std::vector<recovery::BackupComponent*> components;
    for (const auto& each : desk->components_) components.push_back(each.get());
    desk->backups_ = std::make_unique<recovery::Backups>(
        recovery::Backups::Powers{*desk->catalogue_, std::move(components), powers.clock,
                                  powers.random, settings.node.name, std::move(app_version)});
    return desk;
}

std::vector<BackupRepository*> BackupDesk::repositories() const {
    std::vector<BackupRepository*> all;
    for (const recovery::Place& each : places_) all.push_back(each.repository);
    return all;
}

void BackupDesk::stop() {
    for (const auto& each : repositories_) each->stop();
}

BackupDesk::~BackupDesk() {
    stop();
}

}  // namespace syncwatch::apps
