#pragma once
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/backup/desk.h"
#include "apps/command/backup_place.h"
#include "apps/command/command.h"
#include "apps/command/recovered_keys.h"
#include "base/async/run_to_end.h"

namespace syncwatch::apps {

/// The backups of an installation with all its components, as a command works on them.
class CommandDesk {
public:
    /// Who brings back what is lost does without a repository that is gone where there is another,
    /// and does not believe the database that is here.
    enum class For : std::uint8_t { Work, Restore };

    /// Where no --cluster is given it is the one of this installation's database, or, when that is
    /// gone, the only one that the repositories have; to restore it is the other way round. Errors:
    /// Refused (no place is named, or nothing says which installation), Unreachable.
    static Outcome<std::unique_ptr<CommandDesk>> open(const Invocation& invocation,
                                                      const BackupArguments& arguments,
                                                      For what = For::Work);
    /// The same without desk() and backups(): no repository has to be there.
    static Outcome<std::unique_ptr<CommandDesk>> open_plan(const Invocation& invocation,
                                                           const BackupArguments& arguments,
                                                           For what = For::Work);
    ~CommandDesk();

    BackupDesk& desk() { return *desk_; }
    recovery::Backups& backups() { return desk_->backups(); }
    const recovery::Plan& plan() const { return plan_; }
    /// Repositories that the plan names and that could not be opened: to restore, others do.
    const std::vector<recovery::Trouble>& gone() const { return gone_; }
    const std::string& cluster() const { return cluster_; }
    Clock& clock() { return clock_; }
    Random& random() { return random_; }
    net::thread_pool& pool() { return pool_; }
    template <class T>
    Outcome<T> run(Async<T> task) {
        auto done = run_to_end(std::move(task));
        return std::move(done).map_error([](const Error& error) { return failure_of(error); });
    }

private:
    CommandDesk() = default;
    Outcome<std::string> find_cluster(const Invocation& invocation,
                                      const BackupArguments& arguments, For what);
    Result<std::string> cluster_in_repositories();
    void do_without_gone();

    SystemClock clock_;
    SystemRandom random_;
    net::thread_pool pool_{2};
    recovery::Plan plan_;
    RecoveredKeys keys_;
    std::vector<recovery::Trouble> gone_;
    std::string cluster_;
    std::unique_ptr<BackupDesk> desk_;
};

/// The backup that --set names: its id, or as much of its beginning as tells it from all others.
/// Errors: Refused (there is none, or there are several).
Outcome<recovery::Catalogued> backup_named(const recovery::Survey& survey, const std::string& name);

/// Tells on stderr how far the work is: all the time on a terminal, or else what is being done.
recovery::TellProgress tell_progress();

}  // namespace syncwatch::apps
