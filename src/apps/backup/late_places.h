#pragma once
#include <memory>
#include <vector>

#include "adapters/pg_stream/streamer.h"
#include "apps/backup/late_repository.h"
#include "recovery/catalogue/shelves.h"
#include "recovery/plan/plan.h"

namespace syncwatch::apps {

/// The places for backups that a plan names, the nearest first, each opened when it is there. On
/// one thread.
class LatePlaces {
public:
    /// `powers` outlive it.
    LatePlaces(const recovery::Plan& plan, OpenRepository::Powers powers);

    std::vector<recovery::Place> places() const;
    /// The same for whoever brings a log into them.
    std::vector<pg_stream::LogPlace> for_log() const;
    /// Ends what is under way: callers get Cancelled.
    void stop();

private:
    struct Late {
        std::string name;
        std::unique_ptr<LateRepository> repository;
        bool may_delete = true;
    };
    std::vector<Late> all_;
};

}  // namespace syncwatch::apps
