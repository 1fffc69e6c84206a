#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "base/uuid.h"
#include "domain/media/video.h"
#include "domain/media/video_status.h"

namespace syncwatch {

/// What a room needs to know of a film: what it shows of it, and where its members get it. Paths
/// are signed and on this server ("/media/TOKEN/VIDEO/master.m3u8").
struct RoomFilm {
    struct Subtitles {
        std::string id;
        std::string language;
        std::string title;
        std::string url;
        bool operator==(const Subtitles&) const = default;
    };

    VideoId video;
    std::string title;
    std::optional<double> duration;  ///< Seconds; nullopt until the film was probed.
    double playable_until = 0;       ///< Seconds that can be watched so far; 0: nothing yet.
    VideoStatus status = VideoStatus::Uploading;
    /// Of the upload or the transcode that is under way, 0 to 1; nullopt: nobody knows.
    std::optional<double> progress;
    std::optional<VideoError> error;  ///< Set when it failed.
    std::string master;               ///< Empty, like the next two: not there yet.
    std::string sprite;
    std::string poster;
    /// Opens the poster and nothing else: for those who are not in the room yet. Or empty.
    std::string door_poster;
    std::vector<Subtitles> subtitles;
    /// The paths are good until then; a room asks again in time. Keep it far (days): a member may
    /// begin a long film just before.
    WallTime paths_until{};

    bool operator==(const RoomFilm&) const = default;
};

}  // namespace syncwatch
