#pragma once
#include <filesystem>
#include <vector>

#include "domain/transcode/plan.h"
#include "ports/transcoder.h"
#include "ports/video_store.h"
#include "services/transcoding/film_recorder.h"

namespace syncwatch {

/// What a film has beside its streams. Whatever of it fails is left away, with a line in the log:
/// the film itself is worth more.
class FilmExtras {
public:
    struct Film {
        VideoId video;
        int edition = 1;
        std::filesystem::path original;
        const TranscodePlan& plan;
    };

    /// All of them outlive it.
    FilmExtras(Transcoder& transcoder, BlobStore& blobs, FilmRecorder& recorder, Film film)
        : transcoder_(transcoder), blobs_(blobs), recorder_(recorder), film_(std::move(film)) {}

    /// A still that shows something: of some pictures from the first half of the film the one with
    /// the most in it. Black and plain ones compress to nearly nothing.
    Async<> make_poster();
    /// The subtitles in the file that are text, cleaned; `tracks` in the plan's order.
    Async<> take_subtitles(std::vector<SubtitleTrack> tracks);
    /// Sheets of small pictures from the first frames of the lowest rung's segments, and the list
    /// of what is where. `segments`: all of the film.
    Async<> make_sprite(std::vector<Segment> segments, std::chrono::microseconds duration);

private:
    Async<std::string> read(std::string key);
    Async<> make_sheet(std::size_t sheet, std::vector<int> numbers, int init, PictureSize tile);

    Transcoder& transcoder_;
    BlobStore& blobs_;
    FilmRecorder& recorder_;
    const Film film_;
};

}  // namespace syncwatch
