#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "adapters/memory_stores/memory_installation.h"
#include "ports/job_store.h"
#include "ports/object_ledger.h"
#include "ports/replica_ledger.h"
#include "ports/upload_store.h"
#include "ports/video_store.h"

namespace syncwatch {

/// Videos, uploads, jobs and the object ledger with its copies in memory, for simulation. One
/// thread; never waits.
class MemoryMediaStore final : public VideoStore,
                               public UploadStore,
                               public JobStore,
                               public ObjectLedger,
                               public ReplicaLedger {
public:
    explicit MemoryMediaStore(const MemoryInstallation& data) : data_(data) {}

    Async<Video> find(VideoId id) override;
    Async<std::vector<Video>> videos_of(UserId owner, int limit) override;
    Async<std::vector<Video>> all_videos(int limit) override;
    Async<std::vector<VideoId>> ownerless_videos(int limit) override;
    Async<std::vector<Segment>> segments(VideoId id, int from = 0) override;
    Async<std::vector<VideoId>> unmeasured_originals(int limit) override;
    Async<std::vector<VideoId>> ready_with_original(int limit) override;
    Async<std::string> plan(VideoId id) override;
    Async<> replace_segment(VideoId id, int edition, Segment segment,
                            std::vector<StoredBlob> objects, WallTime now) override;
    Async<Video> rename(VideoId id, std::string title) override;
    Async<> remove(VideoId id) override;
    Async<> put_into_trash(VideoId id, WallTime now) override;
    Async<Video> undelete(VideoId id) override;
    Async<std::vector<DeletedVideo>> trash(int limit) override;
    Async<std::vector<VideoId>> ids_in_trash(int limit) override;
    Async<TrashFigures> trash_figures() override;
    Async<std::vector<VideoId>> empty_trash(WallTime before, int limit) override;
    Async<Video> drop_original(VideoId id) override;
    Async<Video> add_subtitle(VideoId id, SubtitleTrack track, StoredBlob object, std::size_t most,
                              WallTime now) override;
    Async<Video> remove_subtitle(VideoId id, std::string track) override;
    Async<Video> put_subtitle_into_trash(VideoId id, std::string track, WallTime now) override;

    Async<> add_upload(Upload upload, Video video, std::size_t most_unfinished) override;
    Async<Upload> find_upload(UploadId id) override;
    Async<std::optional<Upload>> upload_of(VideoId video) override;
    Async<Upload> set_length(UploadId id, std::uint64_t length) override;
    Async<> set_expiry(UploadId id, WallTime expires_at) override;
    Async<> complete_upload(UploadId id, std::uint64_t size, std::optional<Sha256Sum> sha256,
                            JobId job, WallTime now) override;
    Async<bool> wants_original(VideoId video) override;
    Async<> reject_upload(UploadId id, VideoError error) override;
    Async<Upload> remove_upload(UploadId id) override;
    Async<std::vector<Upload>> expired_uploads(WallTime now, int limit) override;
    Async<std::vector<UploadId>> unfinished_uploads() override;

    Async<std::optional<Job>> claim(std::string worker, WallTime now,
                                    std::chrono::seconds lease) override;
    Async<> renew(JobLease lease, WallTime until) override;
    Async<> advance(JobLease lease, JobStep step, WallTime now) override;
    Async<> finish(JobLease lease, JobStep step, WallTime now) override;
    Async<> fail_job(JobLease lease, VideoError error, Original original) override;
    Async<> retry_later(JobLease lease, WallTime not_before) override;
    Async<> release(JobLease lease, WallTime not_before = {}) override;
    Async<> reclaim(std::string worker) override;
    Async<> retry(VideoId video, JobId job, WallTime now) override;
    Async<> cancel(VideoId video) override;
    Async<std::vector<Job>> jobs() override;

    Async<> record(std::vector<StoredBlob> objects, WallTime now) override;
    Async<std::optional<StoredBlob>> find_object(std::string key) override;
    Async<std::vector<StoredBlob>> objects_under(std::string prefix) override;
    Async<std::vector<std::string>> doomed(int limit) override;
    Async<> forget_doomed(std::string key) override;
    Async<> leave_behind(std::string key, WallTime now) override;
    Async<std::vector<LeftBehind>> left_behind(std::string after, int limit) override;
    Async<> forget_left(std::string key) override;

    Async<bool> use_second(std::string name) override;
    Async<std::optional<LedgerLine>> find_line(std::string key) override;
    Async<std::vector<StoredBlob>> claim_unreplicated(int limit, WallTime now,
                                                      WallTime until) override;
    Async<std::vector<StoredBlob>> claim_unverified(int limit, WallTime before, WallTime now,
                                                    WallTime until) override;
    Async<std::vector<StoredBlob>> claim_faulty(int limit, WallTime now, WallTime until) override;
    Async<std::optional<StoredBlob>> claim_line(std::string key, WallTime now,
                                                WallTime until) override;
    Async<> postpone(StoredBlob object, WallTime until) override;
    Async<bool> note_replicated(StoredBlob object, WallTime now) override;
    Async<> note_verified(StoredBlob object, Copies copies, WallTime now) override;
    Async<> note_fault(StoredBlob object, ObjectFault fault, WallTime until) override;
    Async<bool> is_wanted(StoredBlob object) override;
    Async<ReplicaBacklog> backlog() override;
    Async<LedgerCoverage> coverage(WallTime since) override;
    Async<std::vector<LedgerLine>> faulty(int limit) override;
    Async<std::vector<LedgerLine>> lines(std::string prefix, std::string after, int limit) override;
    Async<std::vector<std::string>> unknown_of(std::vector<std::string> keys) override;

private:
    /// A video with all that belongs to it.
    struct Film {
        Video video;
        std::optional<Upload> upload;
        std::optional<Job> job;
        std::map<std::string, std::vector<Segment>> streams;
        std::string plan;
        std::optional<WallTime> deleted_at;  ///< It is in the trash since then.
    };
    using Films = std::map<VideoId, Film>;
    struct Line {
        LedgerLine known;
        WallTime not_before{};
    };

    Result<Film*> film(VideoId id);
    Result<Film*> film_of(UploadId id);
    Result<Film*> film_of(const JobLease& lease);
    /// Ids of those that `chosen` is true of, the oldest first.
    template <class Chosen>
    std::vector<VideoId> ids(Chosen chosen, int limit) const;
    template <class Chosen>
    std::vector<Video> newest(Chosen chosen, int limit) const;
    void fail_film(Film& film, VideoError error);
    Result<> apply(Film& film, const JobStep& step);
    Result<> step(const JobLease& lease, const JobStep& step, WallTime now);
    void keep(const std::vector<StoredBlob>& objects, WallTime now);
    bool is_doomed(const std::string& key) const;
    /// Of all that is stored of it.
    std::uint64_t bytes_of(VideoId id) const;
    /// nullptr: the ledger does not have it as it is said.
    Line* line_of(const StoredBlob& object);
    template <class Chosen, class Age>
    std::vector<StoredBlob> claim(int limit, WallTime now, WallTime until, Chosen chosen, Age age);

    const MemoryInstallation& data_;
    Films films_;
    std::map<std::string, Line> objects_;
    std::set<std::string> doomed_;
    std::map<std::string, WallTime> left_;
    std::map<std::string, WallTime> subtitles_in_trash_;  ///< By their objects' keys.
    std::string second_;
};

}  // namespace syncwatch
