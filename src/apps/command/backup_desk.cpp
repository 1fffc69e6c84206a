#include "apps/command/backup_desk.h"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "apps/backup/cluster.h"
#include "apps/node/powers.h"
#include "apps/node/version.h"
#include "apps/plan/plan_source.h"
#include "base/quantity.h"

namespace syncwatch::apps {
namespace {

Failure no_place() {
    return {Exit::Refused, "no_repository", "the plan names no place for backups",
            "Name one under [repository.near] in the plan that recovery.plan names, or with "
            "--repository file:/FOLDER or s3:https://…"};
}

/// A database that is not there is not made for this.
bool has_database(const config::Settings& settings) {
    std::error_code failed;
    return settings.postgres.on() || std::filesystem::exists(settings.database_path(), failed);
}

Result<std::string> cluster_of_database(const config::Settings& settings) {
    SW_TRY(const auto powers, Powers::open(settings, sql::Schema::Require));
    KeyStore::Key fresh{};
    powers->random.fill(fresh);
    SW_TRY(const auto key, run_to_end(powers->keys.key("backup", fresh)));
    return cluster_of(key);
}

/// What is being done, for people who wait.
class ProgressLine {
public:
    ~ProgressLine() {
        if (!shown_.empty() && terminal_) fmt::print(stderr, "\r\033[K");
    }
    void tell(const recovery::Progress& now) {
        const std::lock_guard lock(mutex_);
        if (now.doing != doing_) {
            doing_ = now.doing;
            begun_ = clock_.now();
        }
        std::string text = now.doing;
        if (terminal_ && now.whole > 0) {
            constexpr std::uint64_t kWhole = 100;
            text += fmt::format(", {} of {}, {} %", format_size(now.done), format_size(now.whole),
                                now.done * kWhole / now.whole);
            const auto elapsed =
                std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - begun_);
            const auto left = recovery::time_left(now, elapsed);
            if (left) text += ", about " + format_span(*left) + " left";
        }
        if (text == shown_) return;
        shown_ = text;
        fmt::print(stderr, "{}{}{}", terminal_ ? "\r\033[K" : "", text, terminal_ ? "" : "\n");
        std::fflush(stderr);
    }

private:
    const bool terminal_ = ::isatty(STDERR_FILENO) != 0;
    SystemClock clock_;
    std::mutex mutex_;   // Guards what follows.
    std::string doing_;  ///< What is being done,
    Instant begun_{};    ///< since when.
    std::string shown_;
};

}  // namespace

Result<std::string> CommandDesk::cluster_in_repositories() {
    Result<std::string> found = fail(ErrorCode::NotFound, "nothing is there", "no_backups");
    for (const char* name : {"near", "far"}) {
        const auto place = plan_.repositories.find(name);
        if (place == plan_.repositories.end()) continue;
        auto opened = OpenRepository::open(place->second, {clock_, random_, pool_});
        if (!opened) {
            found = tl::unexpected<Error>(opened.error());
            continue;
        }
        found = run_to_end(choose_cluster((*opened)->get(), {}));
        (*opened)->stop();
        if (found) return found;
    }
    return found;
}

Outcome<std::string> CommandDesk::find_cluster(const Invocation& invocation,
                                               const BackupArguments& arguments, For what) {
    if (!arguments.cluster.empty()) return arguments.cluster;
    Result<std::string> stored = fail(ErrorCode::NotFound, "not asked");
    if (what == For::Restore) {
        stored = cluster_in_repositories();
        if (stored) return *std::move(stored);
    }
    if (has_database(invocation.settings)) {
        auto found = cluster_of_database(invocation.settings);
        if (found) return *std::move(found);
    }
    if (what == For::Restore) {
        Failure failure = failure_of(stored.error());
        const bool several = stored.error().code == ErrorCode::Conflict;
        if (several) failure.hint = "Say which with --cluster.";
        if (stored.error().code == ErrorCode::NotFound) {
            failure.code = "no_backups";
            failure.hint = "Look whether it is the right place: --repository names another one.";
        }
        return tl::unexpected<Failure>(std::move(failure));
    }
    stored = cluster_in_repositories();
    if (stored) return *std::move(stored);
    return give_up(Exit::Refused, "no_installation",
                   "the database does not answer, and the repositories do not say which "
                   "installation is meant",
                   "Say which with --cluster; syncwatch backup list shows them.");
}

void CommandDesk::do_without_gone() {
    std::map<std::string, recovery::Repository> there;
    for (const auto& [name, place] : plan_.repositories) {
        auto opened = OpenRepository::open(place, {clock_, random_, pool_});
        if (opened) {
            (*opened)->stop();
            there.emplace(name, place);
        } else {
            gone_.push_back({name, "", opened.error().message});
        }
    }
    // Where there is none, it is said why by whoever opens them.
    if (!there.empty()) plan_.repositories = std::move(there);
}

Outcome<std::unique_ptr<CommandDesk>> CommandDesk::open_plan(const Invocation& invocation,
                                                             const BackupArguments& arguments,
                                                             For what) {
    std::unique_ptr<CommandDesk> opened(new CommandDesk);
    auto plan = load_plan(invocation.settings.recovery.plan);
    // Whoever has lost everything has no plan either, but an address.
    if (!plan && arguments.repository.empty()) {
        return tl::unexpected<Failure>(failure_of(plan.error()));
    }
    if (plan) opened->plan_ = *std::move(plan);
    if (!arguments.repository.empty()) {
        opened->plan_.repositories = {{"near", named_place(opened->plan_, arguments)}};
    }
    if (opened->plan_.repositories.empty()) return tl::unexpected<Failure>(no_place());
    for (auto& [name, place] : opened->plan_.repositories) {
        const auto unlocked = opened->keys_.open(place, arguments.identity,
                                                 {opened->clock_, opened->random_, opened->pool_});
        if (!unlocked) return tl::unexpected<Failure>(failure_of(unlocked.error()));
        if (unlocked->empty()) continue;
        invocation.out.line(
            fmt::format("opens          {}, encrypted with the key {}", name, *unlocked));
    }
    if (what == For::Restore) opened->do_without_gone();
    auto cluster = opened->find_cluster(invocation, arguments, what);
    if (!cluster) return tl::unexpected<Failure>(cluster.error());
    opened->cluster_ = *std::move(cluster);
    return opened;
}

Outcome<std::unique_ptr<CommandDesk>> CommandDesk::open(const Invocation& invocation,
                                                        const BackupArguments& arguments,
                                                        For what) {
    auto opened = open_plan(invocation, arguments, what);
    if (!opened) return opened;
    CommandDesk& all = **opened;
    auto desk = BackupDesk::open(invocation.settings, all.plan_, all.cluster_, kVersion,
                                 {all.clock_, all.random_, all.pool_});
    if (!desk) return tl::unexpected<Failure>(failure_of(desk.error()));
    all.desk_ = *std::move(desk);
    return opened;
}

CommandDesk::~CommandDesk() {
    if (desk_) desk_->stop();
    pool_.join();
}

Outcome<recovery::Catalogued> backup_named(const recovery::Survey& survey,
                                           const std::string& name) {
    const recovery::Catalogued* found = nullptr;
    for (const recovery::Catalogued& each : survey.backups) {
        if (!each.record().id.text().starts_with(name)) continue;
        if (found != nullptr) {
            return give_up(Exit::Refused, "several_backups",
                           "more than one backup begins with " + name,
                           "Give more of its id: syncwatch backup list shows them.");
        }
        found = &each;
    }
    if (found != nullptr && !name.empty()) return *found;
    return give_up(Exit::Refused, "no_such_backup", "no backup is called " + name,
                   "syncwatch backup list shows what there is.");
}

recovery::TellProgress tell_progress() {
    const auto line = std::make_shared<ProgressLine>();
    return [line](const recovery::Progress& now) { line->tell(now); };
}

}  // namespace syncwatch::apps
