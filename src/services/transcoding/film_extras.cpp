#include "services/transcoding/film_extras.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <sys/types.h>
#include <unistd.h>

#include "base/log/log.h"
#include "domain/media/media_keys.h"
#include "domain/media/subtitles/subtitles.h"
#include "domain/transcode/sprite_layout.h"

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

Async<> FilmExtras::make_poster() {
    Transcoder::Picture wanted;
    wanted.source_video = film_.plan.source_video;
    wanted.transfer = film_.plan.transfer;
    wanted.size = poster_size(film_.plan.pictures.front());
    const microseconds start = film_.plan.origin - film_.plan.file_start;
    std::vector<microseconds> places;
    for (const double part : kPlaces) {
        places.push_back(
            microseconds(std::llround(static_cast<double>(film_.plan.duration.count()) * part)));
    }
    if (film_.plan.duration <= 0us) places = {kEarly};
    // The start is the last resort: films begin in the dark.
    places.push_back(0us);
    std::string best;
    for (const microseconds place : places) {
        if (place == 0us && !best.empty()) break;
        wanted.at = start + place;
        std::filesystem::path original = film_.original;
        Transcoder::Picture one = wanted;
        SW_CO_TRY(std::string picture,
                  co_await transcoder_.picture(std::move(original), std::move(one)));
        if (picture.size() > best.size()) best = std::move(picture);
    }
    if (best.empty()) co_return fail(ErrorCode::NotFound, "no picture could be read");
    std::string key = picture_key(film_.video, film_.edition, "poster.jpg");
    SW_CO_CHECK(co_await recorder_.put(std::move(key), std::move(best)));
    JobStep step;
    step.has_poster = true;
    recorder_.add(std::move(step));
    co_return Result<>();
}

Async<> FilmExtras::take_subtitles(std::vector<SubtitleTrack> tracks) {
    std::vector<int> sources;
    for (const TextStream& each : film_.plan.texts) sources.push_back(each.source);
    std::filesystem::path original = film_.original;
    SW_CO_TRY(const auto texts, co_await transcoder_.subtitles(
                                    std::move(original), std::move(sources), film_.plan.origin));
    JobStep step;
    for (std::size_t i = 0; i < std::min(texts.size(), tracks.size()); ++i) {
        auto clean = webvtt_from(texts[i]);
        if (!clean || clean->find("-->") == std::string::npos) {
            const std::string why = clean ? "nothing in it" : clean.error().message;
            log::warning("transcode.subtitles_left_out",
                         {{"video", film_.video.text()}, {"track", tracks[i].id}, {"why", why}});
            continue;
        }
        std::string key = subtitle_key(film_.video, film_.edition, tracks[i]);
        SW_CO_CHECK(co_await recorder_.put(std::move(key), *std::move(clean)));
        step.subtitles.push_back(std::move(tracks[i]));
    }
    if (!step.subtitles.empty()) recorder_.add(std::move(step));
    co_return Result<>();
}

Async<std::string> FilmExtras::read(std::string key) {
    SW_CO_TRY(const OpenBlob blob, co_await blobs_.open(std::move(key)));
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

Async<> FilmExtras::make_sheet(std::size_t sheet, std::vector<int> numbers, int init,
                               PictureSize tile) {
    const std::string& stream = film_.plan.pictures.back().stream;
    std::string key = init_key(film_.video, film_.edition, stream, init);
    SW_CO_TRY(std::string head, co_await read(std::move(key)));
    std::vector<std::string> frames;
    for (const int number : numbers) {
        key = segment_key(film_.video, film_.edition, stream, number);
        SW_CO_TRY(const std::string segment, co_await read(std::move(key)));
        frames.push_back(transcoder_.first_frame(segment));
    }
    SW_CO_TRY(std::string picture,
              co_await transcoder_.sprite_sheet(std::move(head), std::move(frames), tile));
    key = picture_key(film_.video, film_.edition, sprite_sheet_name(sheet));
    co_return co_await recorder_.put(std::move(key), std::move(picture));
}

Async<> FilmExtras::make_sprite(std::vector<Segment> segments, microseconds duration) {
    const PictureStream& low = film_.plan.pictures.back();
    const SpriteLayout layout =
        sprite_layout({film_.plan.pictures.front().width, film_.plan.pictures.front().height},
                      duration, film_.plan.segment_start(1));
    std::vector<microseconds> starts;
    std::vector<int> tiles;
    int init = 0;
    microseconds at{};
    microseconds next{};
    std::size_t sheets = 0;
    for (const Segment& each : segments) {
        if (each.stream != low.stream) continue;
        if (tiles.size() == SpriteLayout::kTilesPerSheet) {
            std::vector<int> full = std::exchange(tiles, {});
            SW_CO_CHECK(co_await make_sheet(sheets++, std::move(full), init, layout.tile));
        }
        if (at >= next) {
            init = each.init;
            tiles.push_back(each.number);
            starts.push_back(at);
            next = at + layout.interval - film_.plan.segment_start(1) / 4;
        }
        at += each.duration;
    }
    if (!tiles.empty()) {
        SW_CO_CHECK(co_await make_sheet(sheets, std::move(tiles), init, layout.tile));
    }
    std::string key = picture_key(film_.video, film_.edition, "sprite.vtt");
    SW_CO_CHECK(co_await recorder_.put(std::move(key), sprite_vtt(layout, starts, duration)));
    JobStep step;
    step.has_sprite = true;
    recorder_.add(std::move(step));
    co_return Result<>();
}

}  // namespace syncwatch
