#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "gateway/http/router.h"
#include "gateway/media/media_path.h"
#include "gateway/media/open_blobs.h"
#include "gateway/media/segment_redirects.h"
#include "ports/clock.h"
#include "services/media/deleted_films.h"
#include "services/media/media_links.h"
#include "services/media/reels.h"

namespace syncwatch::http {

/// GET /media/TOKEN/VIDEO/…: films to players, by signed capability and nothing else. Playlists are
/// written here from what the library has recorded; segments go out by sendfile without a look at
/// the database. Safe from any thread.
class FilmServer {
public:
    FilmServer(const MediaLinks& links, Reels& reels, const DeletedFilms& deleted, BlobStore& blobs,
               const Clock& clock)
        : links_(links), reels_(reels), deleted_(deleted), clock_(clock), blobs_(blobs, clock) {}

    /// Players get segments from the object store itself, where it can be reached. Before the first
    /// request; `redirects` outlives the server.
    void send_away(SegmentRedirects& redirects) { redirects_ = &redirects; }
    void add_routes(Router& router);

private:
    /// A playlist as it was written for one state of a film.
    struct Written {
        std::weak_ptr<const Reel> reel;
        std::shared_ptr<const std::string> text;
        std::string etag;
    };

    Async<Response> serve(Request& request);
    Async<Response> serve_playlist(Request& request, VideoId video, MediaPath path);
    Async<Response> serve_piece(Request& request, VideoId video, MediaPath path);
    Async<Response> serve_beside(Request& request, VideoId video, MediaPath path);
    Result<Written> written(std::shared_ptr<const Reel> reel, const MediaPath& path,
                            std::string_view name);

    const MediaLinks& links_;
    Reels& reels_;
    const DeletedFilms& deleted_;
    const Clock& clock_;
    OpenBlobs blobs_;
    SegmentRedirects* redirects_ = nullptr;  ///< nullptr: segments are served here.
    std::mutex mutex_;                       // Guards written_.
    std::map<std::string, Written, std::less<>> written_;
};

}  // namespace syncwatch::http
