#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "domain/media/video.h"
#include "ports/blob_store.h"

namespace syncwatch {

/// A film in the trash: nobody sees it, and all that is stored of it is still there.
struct DeletedVideo {
    Video video;
    WallTime deleted_at{};
    std::uint64_t bytes = 0;  ///< Of its objects.
};

/// All of the trash.
struct TrashFigures {
    std::uint64_t videos = 0;
    std::uint64_t bytes = 0;
    std::optional<WallTime> oldest;  ///< When the first of them was deleted.
};

/// The film library's rows. Uploads and jobs change videos too (ports/upload_store.h,
/// ports/job_store.h): one implementation serves all three, over one database. Every call is whole
/// or not at all, and durable when it returns. A video in the trash is none, unless a call says
/// otherwise. All fail with Unavailable (component "database"); those that name a video with
/// NotFound (reason "no_such_video"). All pass tests/contract/video_store_contract.h and
/// tests/contract/trash_contract.h.
class VideoStore {
public:
    virtual ~VideoStore() = default;

    virtual Async<Video> find(VideoId id) = 0;
    /// The newest first.
    virtual Async<std::vector<Video>> videos_of(UserId owner, int limit) = 0;
    virtual Async<std::vector<Video>> all_videos(int limit) = 0;
    /// Videos whose owner has no account any more; those in the trash as well.
    virtual Async<std::vector<VideoId>> ownerless_videos(int limit) = 0;
    /// The recorded segments of the present edition with a number of `from` or more: by stream,
    /// then by number.
    virtual Async<std::vector<Segment>> segments(VideoId id, int from = 0) = 0;
    /// Videos whose original is in the store but not in the ledger yet; those in the trash as well.
    virtual Async<std::vector<VideoId>> unmeasured_originals(int limit) = 0;
    /// Videos that are Ready and still have their original.
    virtual Async<std::vector<VideoId>> ready_with_original(int limit) = 0;

    /// How the present edition is made (domain/transcode/plan_text.h); empty: nobody knows any
    /// more.
    virtual Async<std::string> plan(VideoId id) = 0;
    /// A segment of this edition was made again, with the same number and duration: its row, and
    /// `objects` in the ledger. Errors: NotFound (it is not the present edition's, or it was
    /// another one).
    virtual Async<> replace_segment(VideoId id, int edition, Segment segment,
                                    std::vector<StoredBlob> objects, WallTime now) = 0;

    /// The video as it is now.
    virtual Async<Video> rename(VideoId id, std::string title) = 0;
    /// Removes the video for good, be it in the trash: with its upload and its job, and dooms its
    /// objects.
    virtual Async<> remove(VideoId id) = 0;
    /// Puts the video into the trash: NotFound for every other call, as if it were removed, with
    /// its upload; its job rests. One that is being uploaded is removed for good.
    virtual Async<> put_into_trash(VideoId id, WallTime now) = 0;
    /// Takes it out again, as it was; its job goes on. One that is not in the trash is success.
    virtual Async<Video> undelete(VideoId id) = 0;
    /// What was deleted last comes first.
    virtual Async<std::vector<DeletedVideo>> trash(int limit) = 0;
    virtual Async<std::vector<VideoId>> ids_in_trash(int limit) = 0;
    virtual Async<TrashFigures> trash_figures() = 0;
    /// Removes for good what is in the trash since before that: so many videos, which it gives, and
    /// so many subtitles.
    virtual Async<std::vector<VideoId>> empty_trash(WallTime before, int limit) = 0;
    /// Dooms the original. Errors: Conflict (it is being transcoded, or uploaded).
    virtual Async<Video> drop_original(VideoId id) = 0;

    /// Adds a track that somebody uploaded, with the object that it lies in.
    /// Errors: Conflict (the id is taken; reason "too_many_subtitles" at `most` tracks).
    virtual Async<Video> add_subtitle(VideoId id, SubtitleTrack track, StoredBlob object,
                                      std::size_t most, WallTime now) = 0;
    /// Removes the track and dooms its object. Errors: NotFound (also: no such track).
    virtual Async<Video> remove_subtitle(VideoId id, std::string track) = 0;
    /// The same, and its object stays until empty_trash(): a database that is restored to now finds
    /// it.
    virtual Async<Video> put_subtitle_into_trash(VideoId id, std::string track, WallTime now) = 0;
};

}  // namespace syncwatch
