#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "domain/media/video.h"
#include "ports/blob_store.h"

namespace syncwatch {

/// The film library's rows. Uploads and jobs change videos too (ports/upload_store.h,
/// ports/job_store.h): one implementation serves all three, over one database. Every call is whole
/// or not at all, and durable when it returns. All fail with Unavailable (component "database");
/// those that name a video with NotFound (reason "no_such_video").
/// All pass tests/contract/media_store_contract.h.
class VideoStore {
public:
    virtual ~VideoStore() = default;

    virtual Async<Video> find(VideoId id) = 0;
    /// The newest first.
    virtual Async<std::vector<Video>> videos_of(UserId owner, int limit) = 0;
    virtual Async<std::vector<Video>> all_videos(int limit) = 0;
    /// Videos whose owner has no account any more.
    virtual Async<std::vector<VideoId>> ownerless_videos(int limit) = 0;
    /// The recorded segments of the present edition with a number of `from` or more: by stream,
    /// then by number.
    virtual Async<std::vector<Segment>> segments(VideoId id, int from = 0) = 0;
    /// Videos whose original is in the store but not in the ledger yet.
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
    /// Removes the video, its upload and its job, and dooms its objects.
    virtual Async<> remove(VideoId id) = 0;
    /// Dooms the original. Errors: Conflict (it is being transcoded, or uploaded).
    virtual Async<Video> drop_original(VideoId id) = 0;

    /// Adds a track that somebody uploaded, with the object that it lies in.
    /// Errors: Conflict (the id is taken; reason "too_many_subtitles" at `most` tracks).
    virtual Async<Video> add_subtitle(VideoId id, SubtitleTrack track, StoredBlob object,
                                      std::size_t most, WallTime now) = 0;
    /// Removes the track and dooms its object. Errors: NotFound (also: no such track).
    virtual Async<Video> remove_subtitle(VideoId id, std::string track) = 0;
};

}  // namespace syncwatch
