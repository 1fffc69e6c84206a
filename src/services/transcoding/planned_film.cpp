#include "services/transcoding/planned_film.h"

#include <utility>

#include "domain/media/media_keys.h"
#include "domain/transcode/plan_text.h"

namespace syncwatch {

Async<PlannedFilm> find_planned(VideoStore& videos, VideoId id, int edition) {
    PlannedFilm film;
    SW_CO_TRY(film.video, co_await videos.find(id));
    if (film.video.edition != edition) {
        co_return fail(ErrorCode::NotFound, "it is of an old edition");
    }
    SW_CO_TRY(const std::string text, co_await videos.plan(id));
    if (text.empty()) co_return fail(ErrorCode::NotFound, "nobody knows how the film was made");
    SW_CO_TRY(film.plan, parse_plan(text));
    co_return film;
}

Async<SourceFile> find_original(Video video, BlobStore& blobs) {
    if (!video.original_kept) co_return fail(ErrorCode::NotFound, "the original was not kept");
    std::string key = source_key(video.id);
    co_return co_await blobs.source_file(std::move(key));
}

}  // namespace syncwatch
