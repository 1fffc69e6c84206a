#pragma once
#include <functional>
#include <string>
#include <vector>

#include "domain/media/video.h"
#include "domain/transcode/plan.h"
#include "domain/transcode/sprite_layout.h"
#include "ports/blob_store.h"
#include "ports/transcoder.h"

namespace syncwatch {

/// Which pictures stand in a film's scrub sprite, in order.
struct SpriteTiles {
    struct Tile {
        int segment = 0;  ///< Of the lowest rung; its first frame.
        int init = 0;     ///< The head that goes before it.
        std::chrono::microseconds at{};
    };
    SpriteLayout layout;
    std::vector<Tile> tiles;
    std::chrono::microseconds end{};  ///< Of the film.

    std::size_t sheets() const;
};
/// `segments`: all of the film.
SpriteTiles sprite_tiles(const TranscodePlan& plan, const std::vector<Segment>& segments,
                         std::chrono::microseconds duration);
/// The WebVTT of it.
std::string sprite_list(const SpriteTiles& sprite);

/// An object's bytes. Errors: as BlobStore::open.
Async<std::string> read_object(BlobStore& blobs, std::string key);

/// Makes what a film has beside its streams, and stores nothing. Errors: as the transcoder's.
class ExtrasSource {
public:
    struct Film {
        VideoId video;
        int edition = 1;
        SourceFile original;
        const TranscodePlan& plan;
    };
    /// Gives the bytes of one of the film's objects.
    using Read = std::function<Async<std::string>(std::string key)>;

    /// All of them outlive it.
    ExtrasSource(Transcoder& transcoder, Film film, Read read)
        : transcoder_(transcoder), film_(std::move(film)), read_(std::move(read)) {}

    /// A still that shows something: of some pictures from the first half of the film the one with
    /// the most in it. Black and plain ones compress to nearly nothing. Errors: also NotFound.
    Async<std::string> poster();
    /// Subtitles of the file, cleaned, one text for each of `texts`; empty: there is nothing in it.
    Async<std::vector<std::string>> subtitles(std::vector<TextStream> texts);
    /// One sheet of small pictures, as JPEG.
    Async<std::string> sprite_sheet(const SpriteTiles& sprite, std::size_t sheet);

private:
    Transcoder& transcoder_;
    const Film film_;
    const Read read_;
};

}  // namespace syncwatch
