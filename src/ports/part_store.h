#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "domain/media/video.h"
#include "ports/job_store.h"

namespace syncwatch {

/// A stretch of a film's encoded pictures: segments from `first` up to `last`, which is not among
/// them.
struct FilmPart {
    int first = 0;
    int last = 0;
    int next = 0;  ///< What lies before is made.
    bool operator==(const FilmPart&) const = default;
};

/// The right to make a part, for a time; as JobLease.
struct PartLease {
    JobId job;
    int first = 0;
    std::int64_t claim = 0;
};

/// A part of a film that another worker holds.
struct PartJob {
    PartLease lease;
    FilmPart part;
    VideoId video;
    int edition = 1;
    std::string plan;   ///< The job's checkpoint.
    std::string cause;  ///< As Job::cause.
    int attempts = 0;   ///< Claims since anything was made of it, this one included.
};

/// Parts of long films, for workers that have no film of their own. The holder of the job offers
/// them, takes back what nobody has, and puts what others made into the film, in order. All are
/// gone with the job. Calls with a lease fail with Conflict (reason "lease_lost") as those of
/// JobStore do.
class PartStore {
public:
    virtual ~PartStore() = default;

    /// Offers parts. Those that are offered already stay as they are.
    virtual Async<> offer(JobLease lease, std::vector<FilmPart> parts) = 0;
    /// The earliest part that is not made and that nobody has: it is the job's holder's now, and no
    /// longer offered.
    virtual Async<std::optional<FilmPart>> take_part(JobLease lease, WallTime now) = 0;
    /// Segments that helpers made, from number `from` on, by stream and number.
    virtual Async<std::vector<Segment>> made_by_helpers(JobId job, int from) = 0;

    /// The earliest part of the oldest film that `worker` does not hold itself, not made and held
    /// by nobody, now leased until `now` + `lease`; not one that was claimed `most_attempts` times
    /// in vain.
    virtual Async<std::optional<PartJob>> claim_part(std::string worker, WallTime now,
                                                     std::chrono::seconds lease,
                                                     int most_attempts) = 0;
    virtual Async<> renew_part(PartLease lease, WallTime until) = 0;
    /// Records segments, and their objects in the ledger. All streams have the same numbers in the
    /// end; the part is made as far as all `streams` of them are. Resets PartJob::attempts to 1.
    virtual Async<> advance_part(PartLease lease, std::vector<Segment> segments,
                                 std::vector<StoredBlob> objects, int next, WallTime now) = 0;
    /// Gives the part back. `Counts::No`: as if it had not been claimed.
    enum class Counts : std::uint8_t { Yes, No };
    virtual Async<> release_part(PartLease lease, Counts attempt) = 0;
    /// Gives back all that `worker` holds: it is just starting.
    virtual Async<> reclaim_parts(std::string worker) = 0;
};

}  // namespace syncwatch
