#pragma once
#include <string>
#include <vector>

#include "ports/audit_log.h"
#include "ports/bus.h"
#include "ports/clock.h"
#include "ports/job_store.h"
#include "ports/random.h"
#include "ports/video_store.h"

namespace syncwatch {

/// What an operator does with films from the command line, on the database itself, whether the
/// server runs or not: what lies on the disk of a film that was removed goes by the server's hand.
/// All also fail with Unavailable, those that name a film with NotFound ("no_such_video").
class VideoAdmin {
public:
    struct Powers {
        VideoStore& videos;
        JobStore& jobs;
        AuditLog& audit;
        Bus& bus;
        const Clock& clock;
        Random& random;
    };

    explicit VideoAdmin(Powers powers) : powers_(powers) {}

    /// The newest first.
    Async<std::vector<Video>> list();
    Async<Video> find(VideoId id);
    /// Into the trash, as its owner does it. Gives what it was.
    Async<Video> remove(VideoId id);
    /// For good, with its upload and its job, whether it is in the trash or not. Gives what it was.
    Async<Video> purge(VideoId id);
    /// Everything that is in the trash since before that, for good. Gives how many films that were.
    Async<std::size_t> purge_all(WallTime before);
    /// What is in the trash, what was deleted last first.
    Async<std::vector<DeletedVideo>> deleted();
    /// Out of the trash again. One that is not in it is success.
    Async<Video> undelete(VideoId id);
    /// Errors: Conflict ("not_failed", "original_gone").
    Async<Video> retry(VideoId id);

private:
    void announce(VideoId id);
    Async<> audit(std::string action, VideoId id);

    const Powers powers_;
};

}  // namespace syncwatch
