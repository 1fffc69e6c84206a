#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "domain/account/principal.h"
#include "ports/audit_log.h"
#include "ports/blob_store.h"
#include "ports/bus.h"
#include "ports/clock.h"
#include "ports/job_store.h"
#include "ports/object_ledger.h"
#include "ports/random.h"
#include "ports/video_store.h"
#include "services/media/media_links.h"
#include "services/media/upload_service.h"
#include "services/media/video_view.h"
#include "services/rooms/room_films.h"

namespace syncwatch {

/// The films that there are. A video is its owner's and the admins' to see and to change; members
/// of a room get what they may watch through its queue (RoomFilms). Safe from any thread. Every
/// call also fails with Unavailable, those that name a video with NotFound ("no_such_video") and
/// Forbidden.
class VideoLibrary final : public RoomFilms {
public:
    struct Options {
        bool keep_originals = true;
        std::size_t most_subtitles = 50;  ///< Of one video.
        int most_listed = 1000;
        /// So long what was deleted can be brought back; 0: it goes at once; nullopt: for ever.
        std::optional<std::chrono::seconds> keep_deleted = std::chrono::seconds(0);
    };
    struct Powers {
        VideoStore& videos;
        JobStore& jobs;
        ObjectLedger& ledger;
        BlobStore& blobs;
        UploadService& uploads;
        const MediaLinks& links;
        AuditLog& audit;
        Bus& bus;
        const Clock& clock;
        Random& random;
        net::thread_pool& pool;  ///< For what takes long.
    };
    enum class Whose : std::uint8_t { Mine, Everybodys };
    struct NewSubtitles {
        std::string language;  ///< BCP 47, or empty.
        std::string title;
        std::string filename;
        std::string bytes;
    };

    VideoLibrary(Powers powers, Options options) : powers_(powers), options_(options) {}

    /// The newest first. Everybody's: for admins. Errors: Forbidden.
    Async<std::vector<VideoView>> list(Principal who, Whose whose);
    Async<VideoView> get(Principal who, VideoId id);
    /// Errors: InvalidInput ("title").
    Async<VideoView> rename(Principal who, VideoId id, std::string title);
    /// Into the trash, from which an operator can take it for as long as Options says; then it goes
    /// with everything that is stored of it, as an upload under way does at once.
    Async<> remove(Principal who, VideoId id, std::string address);
    /// Errors: Conflict ("not_failed", "original_gone").
    Async<VideoView> retry(Principal who, VideoId id);
    /// Errors: Conflict ("nothing_to_cancel").
    Async<VideoView> cancel(Principal who, VideoId id);
    /// SRT, WebVTT or ASS, which becomes WebVTT. Errors: InvalidInput ("bad_subtitles", or a
    /// field), Conflict ("too_many_subtitles").
    Async<VideoView> add_subtitles(Principal who, VideoId id, NewSubtitles wanted);
    Async<VideoView> remove_subtitles(Principal who, VideoId id, std::string track);

    Async<std::vector<RoomFilm>> find(std::vector<VideoId> videos) override;
    Async<> check_may_queue(Principal who, VideoId video) override;

    /// Removes what accounts that are gone left behind, for good.
    Async<> remove_ownerless();
    /// Removes for good what is in the trash for longer than it may be.
    Async<> empty_trash();
    /// Removes the objects that nothing refers to any more.
    Async<> remove_doomed();
    /// Writes into the ledger what is not there yet, and removes originals that are not to be kept.
    Async<> settle_originals();

private:
    Async<Video> owned(Principal who, VideoId id);
    Async<VideoView> view(Video video);
    bool keeps_deleted() const;
    Async<> put_into_trash(VideoId id);
    Async<> remove_video(VideoId id);
    Async<> remove_objects(std::string key);
    Async<> measure_original(VideoId id);
    RoomFilm room_film(const VideoView& view) const;
    void announce(VideoId id);
    net::awaitable<void> audit(AuditEntry entry);

    const Powers powers_;
    const Options options_;
};

}  // namespace syncwatch
