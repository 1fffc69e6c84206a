#pragma once
#include <chrono>
#include <optional>
#include <variant>

#include "base/result.h"
#include "base/time.h"
#include "base/uuid.h"
#include "domain/playback/lead.h"
#include "domain/playback/stamp.h"

namespace syncwatch {

/// The state of a room's film, small enough to be one register: at room time `at` (which may lie
/// ahead: a scheduled start) the film is at `position`, and from then on it stands or runs.
/// Positions are seconds of film.
struct Playback {
    std::optional<ItemId> item;  ///< What is on: a place in the queue; nullopt: nothing.
    std::optional<VideoId> video;
    bool paused = true;
    double rate = 1;
    double position = 0;
    WallTime at{};
    Stamp stamp;
    std::optional<UserId> by;  ///< Who commanded it; nullopt: the room itself.

    bool is_on() const { return item.has_value(); }
    /// True if the film runs at `now`: it is not paused and its start is not ahead.
    bool is_running(WallTime now) const { return is_on() && !paused && at <= now; }
    /// Before `at` the film waits at its start.
    double position_at(WallTime now) const;
    /// When the film gets to `target`, if it runs and is not past it.
    std::optional<WallTime> reaches(double target) const;

    bool operator==(const Playback&) const = default;
};

/// How much of a film there is.
struct FilmExtent {
    std::optional<double> duration;  ///< Seconds; nullopt until it was probed.
    double playable_until = 0;       ///< Seconds that can be watched so far.
    bool complete = false;           ///< Nothing more will come.

    /// Where the film ends, or ends so far.
    double limit() const;
    bool operator==(const FilmExtent&) const = default;
};

/// What can be asked of a film. `position` of play and pause is where the presser's picture is.
struct Play {};
struct Pause {
    std::optional<double> position;
};
struct Seek {
    double position = 0;
};
struct SetRate {
    double rate = 1;
};
/// Puts another film on, or the same one again, from its beginning.
struct PutOn {
    ItemId item;
    VideoId video;
    FilmExtent film;
};
using PlaybackCommand = std::variant<Play, Pause, Seek, SetRate, PutOn>;

inline constexpr double kSlowestRate = 0.25;
inline constexpr double kFastestRate = 4;
/// A presser's own position is taken if it is no further than this from the room's, seconds.
inline constexpr double kPlausible = 1;

struct Circumstances {
    WallTime now{};
    Lead lead;
    FilmExtent film;  ///< Of what is on.
};

/// The state after a command: play, changes while the film runs, and other films are scheduled;
/// a pause holds at once. What changes nothing gives `before`; stamp and author are the caller's
/// to set. Errors: Conflict (reasons "nothing_on", "not_playable"), InvalidInput (a rate or a
/// position that cannot be).
Result<Playback> apply(const Playback& before, const PlaybackCommand& command,
                       const Circumstances& circumstances);

/// When the film that runs is over; nullopt: it does not run, or more of it is to come.
std::optional<WallTime> end_of(const Playback& playback, const FilmExtent& film);

/// The film is over and nothing follows: it stands at its end.
Playback stopped_at_end(const Playback& before, const FilmExtent& film, WallTime end);

/// Nothing is on any more.
Playback nothing_on(const Playback& before, WallTime now);

}  // namespace syncwatch
