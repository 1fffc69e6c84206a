#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "apps/canary/canary_user.h"
#include "apps/config/settings.h"
#include "ports/random.h"

namespace syncwatch::apps {

/// A film as the library lists it.
struct CanaryFilm {
    std::string title;
    std::string created_at;
    std::string master;  ///< The path of its playlist.
};

/// Those that are ready, the newest first.
std::vector<CanaryFilm> ready_films(const boost::json::array& videos);

/// One of the numbers below `count`, which is not 0.
std::size_t draw_below(std::size_t count, Random& random);

/// Plays a film as a browser does, from its list of streams to decoded frames: of the pictures and
/// of the sound that a player begins with, the first segment and a later one. Gives how many
/// segments that were. Errors: Corrupt (one of them cannot be decoded), as CanaryUser; Unavailable
/// with the reason "not_installed": ffmpeg is not here.
Async<int> play(CanaryUser& user, CanaryFilm film, std::string ffmpeg, Random& random);

}  // namespace syncwatch::apps
