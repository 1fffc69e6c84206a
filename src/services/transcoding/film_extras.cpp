#include "services/transcoding/film_extras.h"

#include <algorithm>
#include <utility>

#include "domain/media/media_keys.h"

namespace syncwatch {

FilmExtras::FilmExtras(Transcoder& transcoder, BlobStore& blobs, FilmRecorder& recorder,
                       ExtrasSource::Film film)
    : recorder_(recorder),
      film_(film),
      source_(transcoder, std::move(film),
              [&blobs](std::string key) { return read_object(blobs, std::move(key)); }) {}

Async<> FilmExtras::make_poster() {
    SW_CO_TRY(std::string poster, co_await source_.poster());
    std::string key = picture_key(film_.video, film_.edition, kPosterObject);
    SW_CO_CHECK(co_await recorder_.put(std::move(key), std::move(poster)));
    JobStep step;
    step.has_poster = true;
    recorder_.add(std::move(step));
    co_return Result<>();
}

Async<> FilmExtras::take_subtitles(std::vector<SubtitleTrack> tracks) {
    std::vector<TextStream> wanted = film_.plan.texts;
    SW_CO_TRY(auto texts, co_await source_.subtitles(std::move(wanted)));
    JobStep step;
    for (std::size_t i = 0; i < std::min(texts.size(), tracks.size()); ++i) {
        if (texts[i].empty()) continue;
        std::string key = subtitle_key(film_.video, film_.edition, tracks[i]);
        SW_CO_CHECK(co_await recorder_.put(std::move(key), std::move(texts[i])));
        step.subtitles.push_back(std::move(tracks[i]));
    }
    if (!step.subtitles.empty()) recorder_.add(std::move(step));
    co_return Result<>();
}

Async<> FilmExtras::make_sprite(std::vector<Segment> segments, std::chrono::microseconds duration) {
    const SpriteTiles sprite = sprite_tiles(film_.plan, segments, duration);
    std::string key;
    for (std::size_t sheet = 0; sheet < sprite.sheets(); ++sheet) {
        SW_CO_TRY(std::string picture, co_await source_.sprite_sheet(sprite, sheet));
        key = picture_key(film_.video, film_.edition, sprite_sheet_name(sheet));
        SW_CO_CHECK(co_await recorder_.put(std::move(key), std::move(picture)));
    }
    key = picture_key(film_.video, film_.edition, kSpriteObject);
    SW_CO_CHECK(co_await recorder_.put(std::move(key), sprite_list(sprite)));
    JobStep step;
    step.has_sprite = true;
    recorder_.add(std::move(step));
    co_return Result<>();
}

}  // namespace syncwatch
