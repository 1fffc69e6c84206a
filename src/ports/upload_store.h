#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "base/digest.h"
#include "domain/media/video.h"
#include "domain/room/room_code.h"

namespace syncwatch {

/// A film on its way in. How much of it has arrived is what lies on the disk (UploadFiles).
struct Upload {
    UploadId id;
    VideoId video;
    UserId owner;
    std::optional<std::uint64_t> length;  ///< nullopt: not announced yet (tus: deferred).
    std::string metadata;                 ///< Upload-Metadata as it came.
    std::optional<RoomCode> room;         ///< Whose queue it was put on.
    WallTime created_at{};
    WallTime expires_at{};
    bool completed = false;  ///< Every byte is there; kept until it expires, for clients that ask.
};

/// Uploads. Everything as for VideoStore. NotFound is "no such upload" (reason "no_such_upload").
/// All pass tests/contract/upload_store_contract.h.
class UploadStore {
public:
    virtual ~UploadStore() = default;

    /// Adds the upload and its video in one step.
    /// Errors: Exhausted (reason "too_many_uploads": the owner has `most_unfinished` already).
    virtual Async<> add_upload(Upload upload, Video video, std::size_t most_unfinished) = 0;
    virtual Async<Upload> find_upload(UploadId id) = 0;
    /// nullopt: there is none any more.
    virtual Async<std::optional<Upload>> upload_of(VideoId video) = 0;
    /// Sets the deferred length. Errors: Conflict (it is set already, to another number).
    virtual Async<Upload> set_length(UploadId id, std::uint64_t length) = 0;
    virtual Async<> set_expiry(UploadId id, WallTime expires_at) = 0;
    /// Every byte is in the BlobStore, under source_key(): marks the upload, moves the video to
    /// Probing and adds a job for it, all at once. `sha256`: for the ledger, if it is known yet.
    /// Does nothing if that was done already.
    virtual Async<> complete_upload(UploadId id, std::uint64_t size,
                                    std::optional<Sha256Sum> sha256, JobId job, WallTime now) = 0;
    /// Whether the store is to keep the original of this video, of which an upload was completed:
    /// false when it was dropped since, or the video removed.
    virtual Async<bool> wants_original(VideoId video) = 0;
    /// As complete_upload, for an upload that can come to nothing: the video fails and there is no
    /// job; what lies under source_prefix() is doomed.
    virtual Async<> reject_upload(UploadId id, VideoError error) = 0;
    /// Forgets the upload; if it was not complete, its video goes too, as by VideoStore::remove.
    /// Gives the upload as it was.
    virtual Async<Upload> remove_upload(UploadId id) = 0;
    /// Those that expired before `now`, complete or not.
    virtual Async<std::vector<Upload>> expired_uploads(WallTime now, int limit) = 0;
    /// Ids of all that are not complete: whose files on disk must stay.
    virtual Async<std::vector<UploadId>> unfinished_uploads() = 0;
};

}  // namespace syncwatch
