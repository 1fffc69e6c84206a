#include "recovery/embedded/restore.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

#include "adapters/filesystem/files.h"
#include "adapters/sqlite_log/rebuild.h"
#include "adapters/sqlite_log/set_aside.h"
#include "apps/command/backup_place.h"
#include "apps/command/replicate_commands.h"
#include "apps/command/restore_config.h"
#include "apps/command/restore_estimate.h"
#include "apps/command/restore_hold.h"
#include "apps/command/restore_news.h"
#include "apps/command/restore_parts.h"
#include "apps/command/restore_redis.h"
#include "apps/command/restored_owner.h"
#include "apps/node/data_lock.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/quantity.h"
#include "recovery/embedded/rehearsal.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

struct RestoreArguments {
    BackupArguments backup;
    fs::path into;
    bool dry_run = false;
    std::string confirmed;
};

/// What would be done, before it is.
struct Intent {
    WallTime moment{};
    std::string base;
    std::uint64_t base_bytes = 0;
    std::uint64_t log_bytes = 0;
    std::map<recovery::BackupId, std::uint64_t> copies;
    std::string token;  ///< Another one when anything is not as it was shown.
};

Outcome<Intent> intent_of(BackupPlace& place, std::optional<WallTime> moment,
                          const fs::path& target) {
    std::string cluster = place.cluster();
    const auto generations = place.run(recovery::survey(place.repository(), std::move(cluster)));
    if (!generations) return tl::unexpected<Failure>(generations.error());
    const auto reachable = recovery::windows(*generations);
    if (reachable.empty()) {
        return give_up(Exit::Refused, "no_backups",
                       "no finished backup of a database is in " + place.repository().place(),
                       "syncwatch backup list shows what there is.");
    }
    Intent intent;
    intent.moment = moment.value_or(reachable.back().to);
    const auto plan = recovery::plan_restore(*generations, intent.moment);
    if (!plan) return tl::unexpected<Failure>(failure_of(plan.error()));
    intent.base = plan->base->base;
    intent.copies = recovery::copies(*generations);
    intent.base_bytes = plan->base->bytes;
    for (const auto& each : plan->pieces) intent.log_bytes += each.bytes;
    const std::string all =
        fmt::format("{} {} {} {} {}", place.cluster(), intent.base, to_micros(intent.moment),
                    target.string(), state_of_database(target));
    intent.token = word_for(all);
    return intent;
}

void show_intent(const Output& out, const Intent& intent, const fs::path& target, bool replaces) {
    out.line(fmt::format("brings back    the database as of {}", moment_text(intent.moment)));
    out.line(fmt::format("from           copy {}, {}, and {} of changes since", intent.base,
                         format_size(intent.base_bytes), format_size(intent.log_bytes)));
    out.line("into           " + target.string());
    if (replaces) out.line("what is there  is moved aside, and stays until you remove it");
}

Outcome<DatabaseBack> bring_beside(BackupPlace& place, WallTime moment, const fs::path& target) {
    sqlite::Rebuilder rebuilder;
    recovery::RestoreRequest request{place.cluster(), moment, target};
    auto restored = place.run(recovery::restore(place.repository(), rebuilder, std::move(request)));
    if (!restored) return tl::unexpected<Failure>(restored.error());
    return DatabaseBack{*std::move(restored), {}, {}};
}

Outcome<> bring_back(Invocation& invocation, BackupPlace& place, const Intent& intent,
                     const fs::path& target, bool replaces) {
    const RestoreHold hold(invocation, place.cluster(),
                           {{place.repository().place(), &place.repository()}},
                           {std::string(recovery::kEmbeddedComponent)});
    const Instant begun = place.clock().now();
    auto back = replaces ? bring_back_database(place.repository(), place.clock(), place.cluster(),
                                               intent.moment, target)
                         : bring_beside(place, intent.moment, target);
    if (!back) return tl::unexpected<Failure>(back.error());
    const recovery::Restored& restored = back->restored;
    const fs::path& aside = back->aside;
    const std::chrono::duration<double> took = place.clock().now() - begun;
    const Output& out = invocation.out;
    out.line(fmt::format("\nbrought back   in {:.1f} s; the last change in it is of {}",
                         took.count(), moment_text(restored.reached)));
    if (!aside.empty()) out.line("moved aside    " + aside.string());
    if (!back->log_apart.empty()) {
        out.line("its log        " + aside.string() + "-wal belongs to it: it could not be read (" +
                 back->log_apart + ")");
    }
    if (replaces) give_to_owner(invocation.settings.data.dir);
    if (replaces) out.line("next           start the server: syncwatch serve");
    invocation.out.set("restored",
                       json::object{{"moment", moment_text(restored.moment)},
                                    {"reached", moment_text(restored.reached)},
                                    {"copy", restored.base},
                                    {"into", target.string()},
                                    {"moved_aside", aside.empty() ? json::value(nullptr)
                                                                  : json::value(aside.string())},
                                    {"log_apart", !back->log_apart.empty()},
                                    {"schema_version", restored.schema_version},
                                    {"seconds", took.count()}});
    return {};
}

Outcome<> restore_database(Invocation& invocation, const RestoreArguments& arguments) {
    const config::Settings& settings = invocation.settings;
    const bool replaces = arguments.into.empty();
    if (replaces && settings.postgres.on()) {
        return give_up(Exit::Refused, "not_embedded",
                       "this installation's database is PostgreSQL, and this brings back SQLite",
                       "Use the backups of PostgreSQL itself, or --into FILE to look at one of an "
                       "earlier time.");
    }
    const auto moment = moment_of(arguments.backup);
    if (!moment) return tl::unexpected<Failure>(moment.error());
    const fs::path target = replaces ? settings.database_path() : fs::absolute(arguments.into);
    auto place = BackupPlace::open(invocation, arguments.backup);
    if (!place) return tl::unexpected<Failure>(place.error());
    std::error_code failed;
    if (replaces) fs::create_directories(settings.data.dir, failed);
    // A server that runs would go on writing into what was moved aside.
    const auto lock = replaces ? lock_data_folder(settings.data.dir) : Result<UniqueFd>(UniqueFd());
    if (!lock) return tl::unexpected<Failure>(failure_of(lock.error()));
    const auto intent = intent_of(**place, *moment, target);
    if (!intent) return tl::unexpected<Failure>(intent.error());
    show_intent(invocation.out, *intent, target, replaces);
    const bool destroys = replaces && fs::exists(target, failed);
    invocation.out.set("intent", json::object{{"moment", moment_text(intent->moment)},
                                              {"copy", intent->base},
                                              {"bytes", intent->base_bytes},
                                              {"log_bytes", intent->log_bytes},
                                              {"into", target.string()},
                                              {"token", intent->token}});
    if (arguments.dry_run) {
        tell_expected_time(invocation, arguments.backup, std::string(recovery::kEmbeddedComponent),
                           intent->copies);
        if (replaces) tell_loss(invocation, intent->moment, (*place)->clock().wall());
        if (destroys) invocation.out.line("to do it       --confirm " + intent->token);
        return {};
    }
    if (destroys && arguments.confirmed != intent->token) {
        const bool changed = !arguments.confirmed.empty();
        return give_up(Exit::ConfirmationNeeded, "confirmation_needed",
                       changed ? "things are not as they were when that was shown"
                               : "there is a database already: not confirmed",
                       "Repeat it with --confirm " + intent->token);
    }
    if (!replaces) return bring_back(invocation, **place, *intent, target, replaces);
    RestoreNews news(invocation, "database", target.string());
    return news.ended(bring_back(invocation, **place, *intent, target, replaces));
}

/// The name that what stands there is given: no other file has it.
fs::path name_aside(const fs::path& database, WallTime now) {
    std::string stamp = format_rfc3339(now);
    std::erase_if(stamp, [](char c) { return c == '-' || c == ':' || c == '.'; });
    return database.string() + ".before-" + stamp;
}

/// The database that is there gets another name, and the restored one its place.
Outcome<sqlite::SetAside> exchange(const fs::path& fresh, const fs::path& database,
                                   const fs::path& aside) {
    auto moved = sqlite::set_aside(database, aside);
    if (!moved) {
        std::error_code ignored;
        fs::remove(fresh, ignored);
        return tl::unexpected<Failure>(failure_of(moved.error()));
    }
    auto placed = filesystem::move_durably(fresh, database);
    if (placed) return *std::move(moved);
    const std::string where = "what was there is " + aside.string() + " now";
    return tl::unexpected<Failure>(failure_of(std::move(placed).error().within(where)));
}

}  // namespace

std::string word_for(const std::string& state) {
    constexpr std::size_t kBytes = 4;
    const Sha256Sum sum = sha256(as_bytes(state));
    return encode_hex(std::span(sum).first(kBytes));
}

std::string state_of_database(const fs::path& file) {
    std::string state;
    for (const char* part : {"", "-wal"}) {
        struct ::stat facts {};
        const std::string path = file.string() + part;
        if (::stat(path.c_str(), &facts) != 0) continue;
        state += fmt::format("{}:{}:{}.{:09};", facts.st_ino, facts.st_size, facts.st_mtim.tv_sec,
                             facts.st_mtim.tv_nsec);
    }
    return state;
}

Outcome<DatabaseBack> bring_back_database(BackupRepository& repository, Clock& clock,
                                          const std::string& cluster, WallTime moment,
                                          const fs::path& target) {
    const fs::path fresh = target.string() + ".restoring";
    std::error_code ignored;
    fs::remove(fresh, ignored);
    sqlite::Rebuilder rebuilder;
    recovery::RestoreRequest request{cluster, moment, fresh};
    auto restored = run_to_end(recovery::restore(repository, rebuilder, std::move(request)));
    if (!restored) return tl::unexpected<Failure>(failure_of(restored.error()));
    const fs::path aside = name_aside(target, clock.wall());
    auto before = exchange(fresh, target, aside);
    if (!before) return tl::unexpected<Failure>(before.error());
    return DatabaseBack{*std::move(restored), before->was_there ? aside : fs::path(),
                        std::move(before->log_apart)};
}

void add_restore(CLI::App& app, Command& chosen) {
    CLI::App* restore =
        app.add_subcommand("restore", "Bring back what was lost, from backups: docs/recovery/.");
    restore->require_subcommand(1);
    const auto arguments = std::make_shared<RestoreArguments>();
    CLI::App* database = restore->add_subcommand(
        "database",
        "The embedded database, as it was at any moment that backup list shows. What is there is "
        "moved aside, never removed. The server must not run");
    add_backup_options(*database, arguments->backup, true);
    database
        ->add_option("--into", arguments->into,
                     "Into this new file, and leave the installation as it is")
        ->type_name("FILE");
    database->add_flag("--dry-run", arguments->dry_run, "Say what would be done, and do nothing");
    database
        ->add_option("--confirm", arguments->confirmed,
                     "The word that --dry-run shows: do just that")
        ->type_name("TOKEN");
    add_restore_config(*restore, chosen);
    database->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return restore_database(invocation, *arguments);
        };
    });
    add_restore_redis(*restore, chosen);
    add_restore_objects(*restore, chosen);
    add_restore_postgres(*restore, chosen);
    add_restore_everything(*restore, chosen);
}

}  // namespace syncwatch::apps
