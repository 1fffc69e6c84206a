#pragma once
#include "domain/media/video.h"
#include "domain/transcode/plan.h"
#include "ports/blob_store.h"
#include "ports/video_store.h"

namespace syncwatch {

/// A film and how it was made: what it takes to make a part of it again.
struct PlannedFilm {
    Video video;
    TranscodePlan plan;
};

/// Errors: NotFound (also: it is of an old edition; nobody knows how it was made), Unavailable.
Async<PlannedFilm> find_planned(VideoStore& videos, VideoId id, int edition);
/// The file that the film was made from; what is read of it comes while it is read. Errors:
/// NotFound (it was not kept, or is lost), Unavailable.
Async<SourceFile> find_original(Video video, BlobStore& blobs);

}  // namespace syncwatch
