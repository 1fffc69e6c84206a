#include "services/transcoding/extras_maker.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "services/transcoding/extras_source.h"

namespace syncwatch {
namespace {

std::string object_key(const ExtraKey& extra) {
    std::string name;
    switch (extra.kind) {
        case ExtraKey::Kind::Poster: name = kPosterObject; break;
        case ExtraKey::Kind::SpriteList: name = kSpriteObject; break;
        case ExtraKey::Kind::SpriteSheet: name = sprite_sheet_name(extra.sheet); break;
        case ExtraKey::Kind::Subtitles: {
            SubtitleTrack track;
            track.id = extra.track;
            track.source = SubtitleTrack::Source::Embedded;
            return subtitle_key(extra.video, extra.edition, track);
        }
    }
    return picture_key(extra.video, extra.edition, name);
}

}  // namespace

Async<> ExtrasMaker::make(ExtraKey wanted) {
    SW_CO_TRY(const PlannedFilm film,
              co_await find_planned(powers_.videos, wanted.video, wanted.edition));
    std::string key = object_key(wanted);
    SW_CO_TRY(std::string bytes, co_await bytes_of(std::move(wanted), film));
    co_return co_await store(std::move(key), std::move(bytes));
}

Async<std::string> ExtrasMaker::bytes_of(ExtraKey wanted, const PlannedFilm& film) {
    const bool is_sprite =
        wanted.kind == ExtraKey::Kind::SpriteList || wanted.kind == ExtraKey::Kind::SpriteSheet;
    if (is_sprite) co_return co_await sprite(std::move(wanted), film);
    SW_CO_TRY(auto original, co_await find_original(film.video, powers_.blobs));
    ExtrasSource source(powers_.transcoder,
                        {wanted.video, wanted.edition, std::move(original), film.plan}, nullptr);
    if (wanted.kind == ExtraKey::Kind::Poster) co_return co_await source.poster();
    const auto text = std::ranges::find(film.plan.texts, wanted.track, &TextStream::id);
    if (text == film.plan.texts.end()) {
        co_return fail(ErrorCode::NotFound, "the film came without such subtitles");
    }
    std::vector<TextStream> one{*text};
    SW_CO_TRY(auto texts, co_await source.subtitles(std::move(one)));
    if (texts.front().empty()) co_return fail(ErrorCode::NotFound, "there is nothing in them");
    co_return std::move(texts.front());
}

Async<std::string> ExtrasMaker::sprite(ExtraKey wanted, const PlannedFilm& film) {
    if (!film.video.has_sprite) co_return fail(ErrorCode::NotFound, "the film has no sprite");
    SW_CO_TRY(const auto segments, co_await powers_.videos.segments(wanted.video, 0));
    const auto duration = std::chrono::round<std::chrono::microseconds>(film.video.duration);
    const SpriteTiles tiles = sprite_tiles(film.plan, segments, duration);
    if (wanted.kind == ExtraKey::Kind::SpriteList) co_return sprite_list(tiles);
    ExtrasSource source(powers_.transcoder, {wanted.video, wanted.edition, {}, film.plan},
                        [this](std::string key) { return read(std::move(key)); });
    co_return co_await source.sprite_sheet(tiles, wanted.sheet);
}

Async<std::string> ExtrasMaker::read(std::string key) {
    auto found = co_await read_object(powers_.blobs, key);
    const bool is_lost = !found && found.error().code == ErrorCode::NotFound;
    if (!is_lost) co_return found;
    SW_CO_CHECK(co_await segments_.make(key));
    co_return co_await read_object(powers_.blobs, std::move(key));
}

Async<> ExtrasMaker::store(std::string key, std::string bytes) {
    SW_CO_TRY(StoredBlob stored, co_await powers_.blobs.put(std::move(key), std::move(bytes)));
    std::vector<StoredBlob> objects;
    objects.push_back(std::move(stored));
    co_return co_await powers_.ledger.record(std::move(objects), powers_.clock.wall());
}

}  // namespace syncwatch
