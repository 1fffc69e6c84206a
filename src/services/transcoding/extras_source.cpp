#include "services/transcoding/extras_source.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <sys/types.h>
#include <unistd.h>

#include "base/log/log.h"
#include "domain/media/media_keys.h"
#include "domain/media/subtitles/subtitles.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

/// Parts of the film to look at for a still.
constexpr double kPlaces[] = {0.1, 0.22, 0.35, 0.48};
/// Where nobody knows how long the film is.
constexpr microseconds kEarly = 3s;
constexpr int kPosterSide = 1280;

PictureSize poster_size(const PictureStream& top) {
    const double factor =
        std::min(1.0, static_cast<double>(kPosterSide) / std::max(top.width, top.height));
    const auto even = [factor](int side) {
        return std::max(2, static_cast<int>(std::lround(side * factor / 2)) * 2);
    };
    return {even(top.width), even(top.height)};
}

}  // namespace

std::size_t SpriteTiles::sheets() const {
    constexpr std::size_t kEach = SpriteLayout::kTilesPerSheet;
    return (tiles.size() + kEach - 1) / kEach;
}

SpriteTiles sprite_tiles(const TranscodePlan& plan, const std::vector<Segment>& segments,
                         microseconds duration) {
    const std::string& low = plan.pictures.back().stream;
    const PictureStream& top = plan.pictures.front();
    SpriteTiles made;
    made.layout = sprite_layout({top.width, top.height}, duration, plan.segment_start(1));
    made.end = duration;
    microseconds at{};
    microseconds next{};
    for (const Segment& each : segments) {
        if (each.stream != low) continue;
        if (at >= next) {
            made.tiles.push_back({each.number, each.init, at});
            next = at + made.layout.interval - plan.segment_start(1) / 4;
        }
        at += each.duration;
    }
    return made;
}

std::string sprite_list(const SpriteTiles& sprite) {
    std::vector<microseconds> starts;
    for (const SpriteTiles::Tile& each : sprite.tiles) starts.push_back(each.at);
    return sprite_vtt(sprite.layout, starts, sprite.end);
}

Async<std::string> read_object(BlobStore& blobs, std::string key) {
    SW_CO_TRY(const OpenBlob blob, co_await blobs.open(std::move(key)));
    std::string bytes(blob.size, '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got = ::pread(blob.fd.get(), bytes.data() + done, bytes.size() - done,
                                    static_cast<off_t>(done));
        if (got <= 0) co_return fail(ErrorCode::Corrupt, "an object is shorter than it was");
        done += static_cast<std::size_t>(got);
    }
    co_return bytes;
}

Async<std::string> ExtrasSource::poster() {
    Transcoder::Picture wanted;
    wanted.source_video = film_.plan.source_video;
    wanted.transfer = film_.plan.transfer;
    wanted.size = poster_size(film_.plan.pictures.front());
    const microseconds start = film_.plan.origin - film_.plan.file_start;
    std::vector<microseconds> places;
    for (const double part : kPlaces) {
        const double at = static_cast<double>(film_.plan.duration.count()) * part;
        places.emplace_back(std::llround(at));
    }
    if (film_.plan.duration <= 0us) places = {kEarly};
    // The start is the last resort: films begin in the dark.
    places.push_back(0us);
    std::string best;
    for (const microseconds place : places) {
        if (place == 0us && !best.empty()) break;
        wanted.at = start + place;
        SourceFile original = film_.original;
        Transcoder::Picture one = wanted;
        SW_CO_TRY(std::string picture,
                  co_await transcoder_.picture(std::move(original), std::move(one)));
        if (picture.size() > best.size()) best = std::move(picture);
    }
    if (best.empty()) co_return fail(ErrorCode::NotFound, "no picture could be read");
    co_return best;
}

Async<std::vector<std::string>> ExtrasSource::subtitles(std::vector<TextStream> wanted) {
    std::vector<int> sources;
    for (const TextStream& each : wanted) sources.push_back(each.source);
    SourceFile original = film_.original;
    SW_CO_TRY(auto texts, co_await transcoder_.subtitles(std::move(original), std::move(sources),
                                                         film_.plan.origin));
    texts.resize(wanted.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
        auto clean = webvtt_from(texts[i]);
        if (clean && clean->find("-->") != std::string::npos) {
            texts[i] = *std::move(clean);
            continue;
        }
        const std::string why = clean ? "nothing in it" : clean.error().message;
        log::warning("transcode.subtitles_left_out",
                     {{"video", film_.video.text()}, {"track", wanted[i].id}, {"why", why}});
        texts[i].clear();
    }
    co_return texts;
}

Async<std::string> ExtrasSource::sprite_sheet(const SpriteTiles& sprite, std::size_t sheet) {
    const std::string& stream = film_.plan.pictures.back().stream;
    const std::size_t first = sheet * SpriteLayout::kTilesPerSheet;
    const std::size_t end = std::min(first + SpriteLayout::kTilesPerSheet, sprite.tiles.size());
    if (first >= end) co_return fail(ErrorCode::NotFound, "the film has no such sheet");
    std::string key = init_key(film_.video, film_.edition, stream, sprite.tiles[end - 1].init);
    SW_CO_TRY(std::string head, co_await read_(std::move(key)));
    std::vector<std::string> frames;
    for (std::size_t i = first; i < end; ++i) {
        key = segment_key(film_.video, film_.edition, stream, sprite.tiles[i].segment);
        SW_CO_TRY(const std::string segment, co_await read_(std::move(key)));
        frames.push_back(transcoder_.first_frame(segment));
    }
    co_return co_await transcoder_.sprite_sheet(std::move(head), std::move(frames),
                                                sprite.layout.tile);
}

}  // namespace syncwatch
