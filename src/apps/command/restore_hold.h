#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/backup/open_repository.h"
#include "apps/command/backup_place.h"
#include "apps/command/command.h"
#include "base/async/shards.h"
#include "base/async/task_group.h"
#include "recovery/catalogue/hold.h"

namespace syncwatch::apps {

/// What a restore reads does not expire while it goes on, on no machine: it says so in the
/// repositories, again and again, and takes it back in the end. Of one that was killed it is
/// forgotten after an hour. Where it cannot be said (keys that only read) the restore goes on, and
/// that is told.
class RestoreHold {
public:
    /// PostgreSQL reads its log when it is started, by itself: it has so long for it.
    static constexpr std::chrono::hours kForReplay{24};

    /// Of these components of an installation. `places` outlive it.
    RestoreHold(const Invocation& invocation, const std::string& cluster,
                std::vector<recovery::Place> places, const std::vector<std::string>& components);
    RestoreHold(const RestoreHold&) = delete;
    RestoreHold& operator=(const RestoreHold&) = delete;
    /// Takes it back.
    ~RestoreHold();

    /// From now on it ends by itself, and no earlier: whoever was started reads on. 0: no more.
    void leave_for(std::chrono::hours span) { left_for_ = span; }

private:
    std::vector<recovery::Trouble> hold_until(WallTime until);

    SystemClock clock_;
    SystemRandom random_;
    std::vector<recovery::Holder> holders_;
    std::chrono::hours left_for_{0};
    bool is_said_ = false;  ///< Somewhere.
    Shards thread_{1};
    TaskGroup tasks_;
};

/// The same for whoever reads through an engine that knows nothing of our repositories: those that
/// the plan names, opened for this.
class PlannedHold {
public:
    /// Where nothing is backed up under a catalogue of ours there is nothing to hold.
    PlannedHold(const Invocation& invocation, const BackupArguments& arguments,
                const std::vector<std::string>& components);
    ~PlannedHold();

    void leave_for(std::chrono::hours span) {
        if (hold_) hold_->leave_for(span);
    }

private:
    Outcome<> open(const Invocation& invocation, const BackupArguments& arguments,
                   const std::vector<std::string>& components);

    SystemClock clock_;
    SystemRandom random_;
    net::thread_pool pool_{1};
    std::vector<std::unique_ptr<OpenRepository>> opened_;
    std::unique_ptr<RestoreHold> hold_;
};

}  // namespace syncwatch::apps
