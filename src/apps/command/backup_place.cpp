#include "apps/command/backup_place.h"

#include <utility>
#include <vector>

#include "apps/backup/cluster.h"
#include "apps/plan/plan_source.h"

namespace syncwatch::apps {
namespace {

/// The places that may be meant, the nearest first.
Outcome<std::vector<recovery::Repository>> places_meant(const recovery::Plan& plan,
                                                        const BackupArguments& arguments) {
    std::vector<recovery::Repository> places;
    if (!arguments.repository.empty()) {
        places.push_back(named_place(plan, arguments));
        return places;
    }
    for (const char* name : {"near", "far"}) {
        const auto found = plan.repositories.find(name);
        if (found != plan.repositories.end()) places.push_back(found->second);
    }
    if (!places.empty()) return places;
    return give_up(Exit::Refused, "no_repository", "the plan names no place for backups",
                   "Name one under [repository.near] in the plan that recovery.plan names, or with "
                   "--repository file:/FOLDER or s3:https://…");
}

Failure place_failure(const Error& error) {
    Failure failure = failure_of(error);
    if (error.code == ErrorCode::NotFound) {
        failure.code = "no_backups";
        failure.hint = "Look whether it is the right place: --repository names another one.";
    }
    if (error.code == ErrorCode::Conflict) failure.hint = "Say which with --cluster.";
    return failure;
}

}  // namespace

void add_backup_options(CLI::App& command, BackupArguments& arguments, bool with_moment) {
    command
        .add_option("--repository", arguments.repository,
                    "This place, not the one in the plan: file:/FOLDER or s3:https://…")
        ->type_name("PLACE");
    command
        .add_option("--credentials", arguments.credentials,
                    "The file with the keys of that place, if it is an S3 store")
        ->type_name("FILE");
    command
        .add_option("--identity", arguments.identity,
                    "The file of a recovery key, as age-keygen made it: opens a repository that is "
                    "encrypted, and secrets")
        ->type_name("KEYFILE");
    command
        .add_option("--cluster", arguments.cluster,
                    "The installation, where several have their backups in one place")
        ->type_name("ID");
    if (!with_moment) return;
    command
        .add_option("--to", arguments.moment,
                    "As of this moment, with its zone, as in 2026-11-29T16:00:00Z; without it the "
                    "latest that there is")
        ->type_name("TIME");
}

recovery::Repository named_place(const recovery::Plan& plan, const BackupArguments& arguments) {
    recovery::Repository named;
    for (const auto& [name, place] : plan.repositories) {
        if (place.url == arguments.repository) named = place;
    }
    named.url = arguments.repository;
    named.key_recipients = plan.escrow_recipients;
    if (!arguments.credentials.empty()) named.credentials_file = arguments.credentials.string();
    return named;
}

Outcome<std::optional<WallTime>> moment_of(const BackupArguments& arguments) {
    if (arguments.moment.empty() || arguments.moment == "latest") return std::nullopt;
    const auto moment = parse_rfc3339(arguments.moment);
    if (moment) return std::optional(*moment);
    return give_up(Exit::Usage, "usage",
                   "--to " + arguments.moment + " is no moment with a date, a time and a zone",
                   "As in --to 2026-11-29T16:00:00Z or 2026-11-29T17:00:00+01:00: without a zone "
                   "nobody knows which moment is meant.");
}

Outcome<std::unique_ptr<BackupPlace>> BackupPlace::open(const Invocation& invocation,
                                                        const BackupArguments& arguments) {
    std::unique_ptr<BackupPlace> place(new BackupPlace);
    // Whoever has lost everything has no plan either, but an address.
    auto plan = load_plan(invocation.settings.recovery.plan);
    if (!plan && arguments.repository.empty()) {
        return tl::unexpected<Failure>(failure_of(plan.error()));
    }
    if (plan) place->plan_ = *std::move(plan);
    auto places = places_meant(place->plan_, arguments);
    if (!places) return tl::unexpected<Failure>(places.error());
    for (recovery::Repository& each : *places) {
        const auto opened = place->keys_.open(each, arguments.identity,
                                              {place->clock_, place->random_, place->pool_});
        if (!opened) return tl::unexpected<Failure>(failure_of(opened.error()));
    }
    std::optional<Failure> first;
    // The far one has what the near one had, if that is gone.
    for (const recovery::Repository& each : *places) {
        const auto found = place->open_one(each, arguments.cluster);
        if (found) return place;
        if (!first) first = place_failure(found.error());
    }
    return tl::unexpected<Failure>(*std::move(first));
}

Result<> BackupPlace::open_one(const recovery::Repository& where, std::string cluster) {
    SW_TRY(repository_, OpenRepository::open(where, {clock_, random_, pool_}));
    SW_TRY(cluster_, run_to_end(choose_cluster(repository(), std::move(cluster))));
    return {};
}

BackupPlace::~BackupPlace() {
    if (repository_) repository_->stop();
    pool_.join();
}

std::string moment_text(WallTime moment) {
    return moment == WallTime{} ? "–" : format_rfc3339(moment);
}

}  // namespace syncwatch::apps
