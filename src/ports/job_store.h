#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "domain/media/video.h"
#include "ports/blob_store.h"

namespace syncwatch {

/// The right to work on a job, for a time. Each claim has a number of its own, so that a worker
/// that was given up for dead cannot write over its successor's work.
struct JobLease {
    JobId job;
    std::int64_t claim = 0;
};

/// The work of making a video watchable. There is one for each video in Probing or Transcoding;
/// it is gone when the video is Ready or Failed.
struct Job {
    JobId id;
    VideoId video;
    WallTime created_at{};
    /// Claims since anything last got done (a segment was recorded), this one included. Whoever
    /// claims decides when they are too many.
    int attempts = 0;
    std::int64_t claim = 0;
    std::string worker;  ///< Who holds it, for people; empty: nobody.
    std::optional<WallTime> leased_until;
    WallTime not_before{};   ///< Not claimed before.
    std::string checkpoint;  ///< What the worker wrote down for whoever resumes: its plan.
    std::string cause;       ///< The request that it came from, as logs name it; empty: none.

    JobLease lease() const { return {id, claim}; }
};

/// One durable step of a job. What is absent stays as it is.
struct JobStep {
    /// What probing found.
    struct Facts {
        MediaTime duration{};
        int width = 0;
        int height = 0;
        double frame_rate = 0;
    };
    struct Progress {
        double done = 0;  ///< 0 to 1
        MediaTime playable_until{};
        std::optional<std::chrono::seconds> eta;
    };

    std::optional<Facts> facts;
    /// Moves the video to Transcoding. Both lists replace what was there.
    std::optional<std::vector<Rendition>> renditions;
    std::optional<std::vector<AudioTrack>> audio_tracks;
    std::vector<SubtitleTrack> subtitles;  ///< Embedded ones: added, or replaced by id.
    /// Added; those that are there already must be the same. Resets Job::attempts to 1.
    std::vector<Segment> segments;
    std::vector<StoredBlob> objects;  ///< For the ledger: everything that this step stored.
    std::optional<Progress> progress;
    std::optional<bool> has_poster;
    std::optional<bool> has_sprite;
    std::optional<std::string> checkpoint;
};

/// Whether a video that failed may be tried again.
enum class Original : std::uint8_t { Keep, Drop };

/// Jobs as leases: a worker that dies loses its job when the lease ends, and the next one goes on
/// where the recorded segments end (VideoStore::segments). Everything as for VideoStore; calls with
/// a lease also fail with Conflict (reason "lease_lost": it expired and somebody else has the job,
/// the job was cancelled, or the video is gone): stop at once, and remove what is not recorded.
/// All pass tests/contract/job_store_contract.h.
class JobStore {
public:
    virtual ~JobStore() = default;

    /// Of the jobs that are due and that nobody holds, now leased until `now` + `lease`: one whose
    /// film is on in a room, or was within ten minutes; else one that stands in such a room's
    /// queue; among equals one of the owner with the fewest films under way; then the oldest.
    virtual Async<std::optional<Job>> claim(std::string worker, WallTime now,
                                            std::chrono::seconds lease) = 0;
    virtual Async<> renew(JobLease lease, WallTime until) = 0;
    /// Records a step. Renews nothing.
    virtual Async<> advance(JobLease lease, JobStep step, WallTime now) = 0;
    /// Records the last step: the video is Ready, wholly playable, and the job is gone.
    virtual Async<> finish(JobLease lease, JobStep step, WallTime now) = 0;
    /// The video is Failed and the job gone; everything of this edition is doomed, and the original
    /// too if it is of no use.
    virtual Async<> fail_job(JobLease lease, VideoError error, Original original) = 0;
    /// Gives the job back, to be claimed again from `not_before` on; the attempt counts.
    virtual Async<> retry_later(JobLease lease, WallTime not_before) = 0;
    /// Gives the job back as if it had not been claimed: the worker is told to stop, or it has to
    /// wait for something that is not the job's fault until `not_before`.
    virtual Async<> release(JobLease lease, WallTime not_before = {}) = 0;
    /// Gives back all that `worker` holds: it is just starting, so it holds nothing any more.
    virtual Async<> reclaim(std::string worker) = 0;

    /// Failed → Probing, with a new job from the start, in a new edition. Errors: Conflict (reason
    /// "not_failed"; "original_gone": there is nothing to make it from).
    virtual Async<> retry(VideoId video, JobId job, WallTime now) = 0;
    /// Ends the job: the video fails with code "cancelled", its original is kept. Errors: Conflict
    /// (reason "nothing_to_cancel").
    virtual Async<> cancel(VideoId video) = 0;
    /// All jobs, the oldest first: for operators and metrics.
    virtual Async<std::vector<Job>> jobs() = 0;
};

}  // namespace syncwatch
