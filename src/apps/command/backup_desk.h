#pragma once
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/backup/desk.h"
#include "apps/command/backup_place.h"
#include "apps/command/command.h"
#include "base/async/run_to_end.h"

namespace syncwatch::apps {

/// The backups of an installation with all its components, as a command works on them.
class CommandDesk {
public:
    /// Where no --cluster is given it is the one of this installation's database, or, when that is
    /// gone, the only one that the repositories have. Errors: Refused (no place is named, or
    /// nothing says which installation), Unreachable.
    static Outcome<std::unique_ptr<CommandDesk>> open(const Invocation& invocation,
                                                      const BackupArguments& arguments);
    ~CommandDesk();

    BackupDesk& desk() { return *desk_; }
    recovery::Backups& backups() { return desk_->backups(); }
    const recovery::Plan& plan() const { return plan_; }
    const std::string& cluster() const { return cluster_; }
    Clock& clock() { return clock_; }
    template <class T>
    Outcome<T> run(Async<T> task) {
        auto done = run_to_end(std::move(task));
        return std::move(done).map_error([](const Error& error) { return failure_of(error); });
    }

private:
    CommandDesk() = default;
    Outcome<std::string> find_cluster(const Invocation& invocation,
                                      const BackupArguments& arguments);

    SystemClock clock_;
    SystemRandom random_;
    net::thread_pool pool_{2};
    recovery::Plan plan_;
    std::string cluster_;
    std::unique_ptr<BackupDesk> desk_;
};

/// The backup that --set names: its id, or as much of its beginning as tells it from all others.
/// Errors: Refused (there is none, or there are several).
Outcome<recovery::Catalogued> backup_named(const recovery::Survey& survey, const std::string& name);

/// Tells on stderr how far the work is: all the time on a terminal, or else what is being done.
recovery::TellProgress tell_progress();

}  // namespace syncwatch::apps
