#pragma once
#include "adapters/sql/database.h"
#include "ports/job_store.h"
#include "ports/object_ledger.h"
#include "ports/part_store.h"
#include "ports/upload_store.h"
#include "ports/video_store.h"

namespace syncwatch::sql {

/// Videos, uploads, jobs and the object ledger in an SQL database.
class SqlMediaStore final : public VideoStore,
                            public UploadStore,
                            public JobStore,
                            public PartStore,
                            public ObjectLedger {
public:
    explicit SqlMediaStore(Database& database) : database_(database) {}

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
    Async<> release(JobLease lease, WallTime not_before) override;
    Async<> reclaim(std::string worker) override;
    Async<> retry(VideoId video, JobId job, WallTime now) override;
    Async<> cancel(VideoId video) override;
    Async<std::vector<Job>> jobs() override;

    Async<> offer(JobLease lease, std::vector<FilmPart> parts) override;
    Async<std::optional<FilmPart>> take_part(JobLease lease, WallTime now) override;
    Async<std::vector<Segment>> made_by_helpers(JobId job, int from) override;
    Async<std::optional<PartJob>> claim_part(std::string worker, WallTime now,
                                             std::chrono::seconds lease,
                                             int most_attempts) override;
    Async<> renew_part(PartLease lease, WallTime until) override;
    Async<> advance_part(PartLease lease, std::vector<Segment> segments,
                         std::vector<StoredBlob> objects, int next, WallTime now) override;
    Async<> release_part(PartLease lease, Counts attempt) override;
    Async<> reclaim_parts(std::string worker) override;

    Async<> record(std::vector<StoredBlob> objects, WallTime now) override;
    Async<std::optional<StoredBlob>> find_object(std::string key) override;
    Async<std::vector<StoredBlob>> objects_under(std::string prefix) override;
    Async<std::vector<std::string>> doomed(int limit) override;
    Async<> forget_doomed(std::string key) override;
    Async<> leave_behind(std::string key, WallTime now) override;
    Async<std::vector<LeftBehind>> left_behind(std::string after, int limit) override;
    Async<> forget_left(std::string key) override;

private:
    Database& database_;
};

}  // namespace syncwatch::sql
