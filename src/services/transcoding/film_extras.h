#pragma once
#include <filesystem>
#include <vector>

#include "services/transcoding/extras_source.h"
#include "services/transcoding/film_recorder.h"

namespace syncwatch {

/// What a job makes of a film beside its streams, and records. Whatever of it fails is left away,
/// with a line in the log: the film itself is worth more.
class FilmExtras {
public:
    /// All of them outlive it.
    FilmExtras(Transcoder& transcoder, BlobStore& blobs, FilmRecorder& recorder,
               ExtrasSource::Film film);

    Async<> make_poster();
    /// `tracks` in the plan's order.
    Async<> take_subtitles(std::vector<SubtitleTrack> tracks);
    /// From the first frames of the lowest rung's segments. `segments`: all of the film.
    Async<> make_sprite(std::vector<Segment> segments, std::chrono::microseconds duration);

private:
    FilmRecorder& recorder_;
    const ExtrasSource::Film film_;
    ExtrasSource source_;
};

}  // namespace syncwatch
