#pragma once
#include <vector>

#include "base/async/async.h"
#include "domain/account/principal.h"
#include "domain/media/room_film.h"

namespace syncwatch {

/// The library, as rooms see it. Whoever is in a room may watch what is in its queue, so nothing
/// here asks who is looking. Safe from any thread; resumes the caller on its own executor.
/// Implemented by services/media. Fails with Unavailable when the database is down.
class RoomFilms {
public:
    virtual ~RoomFilms() = default;

    /// Those of `videos` that exist, in any order.
    virtual Async<std::vector<RoomFilm>> find(std::vector<VideoId> videos) = 0;
    /// May `who` put this video into a queue: its owner may, and admins. Errors: Forbidden (also
    /// when it does not exist, so that nobody can find out what others have).
    virtual Async<> check_may_queue(Principal who, VideoId video) = 0;
    /// This one is on, or comes next: what its players need should be at hand, also when the
    /// database is away by then. Never waits.
    virtual void expect(VideoId) {}
};

}  // namespace syncwatch
