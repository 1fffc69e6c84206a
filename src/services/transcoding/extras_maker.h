#pragma once
#include <string>

#include "domain/media/media_keys.h"
#include "ports/blob_store.h"
#include "ports/clock.h"
#include "ports/object_ledger.h"
#include "ports/transcoder.h"
#include "ports/video_store.h"
#include "services/transcoding/planned_film.h"
#include "services/transcoding/segment_maker.h"

namespace syncwatch {

/// Makes what a film has beside its streams again, as its job made it: the poster and embedded
/// subtitles from the original, the scrub sprite from the lowest rung, whose segments are made
/// again first where they are lost, too.
class ExtrasMaker {
public:
    struct Powers {
        VideoStore& videos;
        ObjectLedger& ledger;
        BlobStore& blobs;
        Transcoder& transcoder;
        Clock& clock;
    };

    /// `segments` outlives it.
    ExtrasMaker(Powers powers, SegmentMaker& segments) : powers_(powers), segments_(segments) {}

    /// When it returns, the store and the ledger have it anew. Errors: as ObjectMaker::make_again.
    Async<> make(ExtraKey wanted);

private:
    Async<std::string> bytes_of(ExtraKey wanted, const PlannedFilm& film);
    Async<std::string> sprite(ExtraKey wanted, const PlannedFilm& film);
    Async<std::string> read(std::string key);
    Async<> store(std::string key, std::string bytes);

    const Powers powers_;
    SegmentMaker& segments_;
};

}  // namespace syncwatch
