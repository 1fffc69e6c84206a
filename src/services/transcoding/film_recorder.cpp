#include "services/transcoding/film_recorder.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <unistd.h>

#include "base/log/log.h"
#include "domain/media/media_keys.h"
#include "domain/transcode/failure.h"
#include "services/transcoding/film_tracks.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

constexpr std::uint64_t kLookAtSpaceEvery = 16 << 20;
constexpr int kMostWaiting = 200;  ///< Segments of one stream that are not recorded yet.
/// A sound track of which nothing came so many segments after it should have begun stays away.
constexpr int kGiveUpAfter = 3;
/// However late it should begin: pictures must not wait for it until no more of them are taken.
constexpr int kLatestGiveUp = kMostWaiting / 2;

template <class T>
void append(std::vector<T>& to, std::vector<T>& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

template <class T>
void replace(std::optional<T>& old, std::optional<T>& newer) {
    if (newer) old = std::move(newer);
}

/// `later` comes after `step`.
void merge(JobStep& step, JobStep later) {
    replace(step.facts, later.facts);
    replace(step.renditions, later.renditions);
    replace(step.audio_tracks, later.audio_tracks);
    append(step.subtitles, later.subtitles);
    append(step.segments, later.segments);
    append(step.objects, later.objects);
    replace(step.progress, later.progress);
    replace(step.has_poster, later.has_poster);
    replace(step.has_sprite, later.has_sprite);
    replace(step.checkpoint, later.checkpoint);
}

}  // namespace

FilmRecorder::FilmRecorder(Powers powers, Options options, Film film, net::any_io_executor executor,
                           std::function<void()> announce, std::function<void(Error)> on_failure)
    : powers_(powers),
      options_(options),
      film_(std::move(film)),
      announce_(std::move(announce)),
      on_failure_(std::move(on_failure)),
      changed_(executor),
      recorded_(executor) {
    for (const PictureStream& each : film_.plan.pictures) streams_[each.stream].is_picture = true;
    for (const SoundStream& each : film_.plan.sounds) {
        const auto segment = film_.plan.segment_start(1);
        streams_[each.stream].give_up_after = static_cast<int>(
            std::min<std::int64_t>(kGiveUpAfter + each.begins / segment, kLatestGiveUp));
    }
}

Async<> FilmRecorder::resume(Video video, std::vector<Segment> segments) {
    tracks_recorded_ = video.status == VideoStatus::Transcoding && !video.renditions.empty();
    for (const Segment& each : segments) {
        Stream& stream = streams_[each.stream];
        stream.next = each.number + 1;
        stream.end += each.duration;
        stream.recorded = stream.end;
        stream.init = each.init;
        stream.has_init = true;
        if (each.stream == film_.plan.pictures.back().stream) lowest_.push_back(each);
    }
    for (auto& [name, stream] : streams_) {
        if (!stream.has_init) continue;
        std::string key = init_key(film_.video, film_.edition, name, stream.init);
        SW_CO_TRY(const OpenBlob blob, co_await powers_.blobs.open(std::move(key)));
        stream.init_bytes.resize(blob.size);
        const auto got = ::pread(blob.fd.get(), stream.init_bytes.data(), blob.size, 0);
        if (got != static_cast<ssize_t>(blob.size)) stream.init_bytes.clear();
    }
    co_return Result<>();
}

int FilmRecorder::count_of(const std::string& stream) const {
    const auto found = streams_.find(stream);
    return found == streams_.end() ? 0 : found->second.next;
}

Async<> FilmRecorder::on_init(std::string name, MadeInit init) {
    Stream& stream = streams_[name];
    stream.codecs = init.codecs;
    const bool goes_on = stream.has_init;
    // The same encoder with the same settings needs the same head: players need not notice that
    // somebody else went on.
    if (goes_on && stream.init_bytes == init.bytes) co_return Result<>();
    if (goes_on) ++stream.init;
    stream.has_init = true;
    stream.init_bytes = init.bytes;
    std::string key = init_key(film_.video, film_.edition, name, stream.init);
    co_return co_await put(std::move(key), std::move(init.bytes));
}

Async<> FilmRecorder::on_segment(std::string name, MadeSegment made) {
    Stream& stream = streams_[name];
    // Made before, by whoever had the job then.
    if (made.number < stream.next || stream.is_given_up) co_return Result<>();
    if (stream.ahead.contains(made.number)) co_return Result<>();
    if (made.number > stream.next && !stream.is_picture) {
        co_return fail(ErrorCode::Internal, name + ": a segment is missing");
    }
    Waiting waiting;
    waiting.start = made.start;
    waiting.end = made.end;
    waiting.segment.stream = name;
    waiting.segment.number = made.number;
    waiting.segment.duration = made.end - made.start;
    waiting.segment.size = made.bytes.size();
    waiting.segment.init = stream.init;
    std::string key = segment_key(film_.video, film_.edition, name, made.number);
    SW_CO_TRY(waiting.object, co_await store(std::move(key), std::move(made.bytes)));
    take(stream, std::move(waiting));
    while (stream.is_picture && std::ssize(stream.waiting) > kMostWaiting) {
        if (closed_) co_return fail(ErrorCode::Cancelled, "nothing is recorded any more");
        recorded_.expires_at(net::steady_timer::time_point::max());
        co_await recorded_.async_wait(net::as_tuple(net::use_awaitable));
    }
    co_return Result<>();
}

void FilmRecorder::adopt(const Segment& segment) {
    Stream& stream = streams_[segment.stream];
    if (segment.number < stream.next || stream.ahead.contains(segment.number)) return;
    Waiting waiting;
    waiting.start = film_.plan.segment_start(segment.number);
    waiting.end = film_.plan.segment_start(segment.number + 1);
    if (segment.duration != waiting.end - waiting.start) return;
    waiting.segment = segment;
    take(stream, std::move(waiting));
}

void FilmRecorder::take(Stream& stream, Waiting waiting) {
    const int number = waiting.segment.number;
    stream.ahead.emplace(number, std::move(waiting));
    for (auto next = stream.ahead.find(stream.next); next != stream.ahead.end();
         next = stream.ahead.find(stream.next)) {
        const Waiting& taken = next->second;
        if (taken.segment.stream == film_.plan.pictures.back().stream) {
            lowest_.push_back(taken.segment);
        }
        stream.end = taken.end;
        stream.waiting.push_back(std::move(next->second));
        stream.ahead.erase(next);
        ++stream.next;
    }
    wake();
}

Async<> FilmRecorder::put(std::string key, std::string bytes) {
    SW_CO_TRY(StoredBlob object, co_await store(std::move(key), std::move(bytes)));
    more_.objects.push_back(std::move(object));
    co_return Result<>();
}

void FilmRecorder::add(JobStep step) {
    merge(more_, std::move(step));
    wake();
}

void FilmRecorder::close() {
    closed_ = true;
    changed_.cancel();
    recorded_.cancel();
}

void FilmRecorder::wake() {
    dirty_ = true;
    changed_.cancel();
}

Async<> FilmRecorder::check_space(std::size_t bytes) {
    since_look_ += bytes;
    if (since_look_ < kLookAtSpaceEvery) co_return Result<>();
    SW_CO_TRY(const std::uint64_t free, co_await powers_.blobs.free_bytes());
    if (free < options_.keep_free + bytes) {
        co_return fail(failure_error(MediaFailure::StorageFull, "the disk is nearly full"));
    }
    since_look_ = 0;
    co_return Result<>();
}

Async<StoredBlob> FilmRecorder::store(std::string key, std::string bytes) {
    const Instant deadline = powers_.clock.now() + options_.patience;
    for (bool told = false;; told = true) {
        if (closed_) co_return fail(ErrorCode::Cancelled, "nothing is recorded any more");
        Result<> space = co_await check_space(bytes.size());
        Result<StoredBlob> stored = fail(ErrorCode::Internal, "not stored");
        if (space) stored = co_await powers_.blobs.put(key, bytes);
        if (stored) co_return stored;
        Error error = space ? stored.error() : space.error();
        if (error.code != ErrorCode::Unavailable) co_return fail(std::move(error));
        since_look_ = kLookAtSpaceEvery;
        if (powers_.clock.now() >= deadline) {
            co_return fail(failure_error(MediaFailure::StorageFull, std::move(error.message)));
        }
        if (!told) {
            log::warning("transcode.waits_for_storage",
                         {{"video", film_.video.text()}, {"error", error.message}});
        }
        co_await powers_.clock.sleep_until(powers_.clock.now() + options_.look_again);
    }
}

bool FilmRecorder::are_tracks_known() {
    int segments = 0;
    for (const auto& [name, stream] : streams_) {
        if (!stream.is_picture) continue;
        if (!stream.has_init || stream.next == 0) return false;
        segments = segments == 0 ? stream.next : std::min(segments, stream.next);
    }
    // Whoever opens the film at its first moment must find its sound, too.
    for (auto& [name, stream] : streams_) {
        if (stream.next > 0) continue;
        if (segments < stream.give_up_after) return false;
        stream.is_given_up = true;
        log::warning("transcode.silent_track", {{"video", film_.video.text()}, {"stream", name}});
    }
    return true;
}

microseconds FilmRecorder::pictures_end() const {
    microseconds least = microseconds::max();
    for (const auto& [name, stream] : streams_) {
        if (stream.is_picture) least = std::min(least, stream.end);
    }
    return least;
}

void FilmRecorder::take_waiting(JobStep& step, microseconds until) {
    for (auto& [name, stream] : streams_) {
        // Sound that lasts longer than the pictures is no film: it waits until they come.
        while (!stream.waiting.empty() &&
               (stream.is_picture || stream.waiting.front().start < until)) {
            Waiting& first = stream.waiting.front();
            stream.recorded += first.segment.duration;
            step.segments.push_back(std::move(first.segment));
            if (first.object) step.objects.push_back(*std::move(first.object));
            stream.waiting.pop_front();
        }
    }
}

void FilmRecorder::add_tracks(JobStep& step) {
    for (Rendition& each : film_.renditions) each.codecs = streams_[each.stream].codecs;
    std::erase_if(film_.audio_tracks,
                  [this](const AudioTrack& each) { return streams_[each.stream].is_given_up; });
    for (std::size_t i = 0; i < film_.audio_tracks.size(); ++i) {
        film_.audio_tracks[i].index = static_cast<int>(i);
        film_.audio_tracks[i].codecs = streams_[film_.audio_tracks[i].stream].codecs;
    }
    step.renditions = film_.renditions;
    step.audio_tracks = film_.audio_tracks;
}

JobStep::Progress FilmRecorder::progress() const {
    microseconds playable = microseconds::max();
    for (const auto& [name, stream] : streams_) {
        if (!stream.is_given_up) playable = std::min(playable, stream.recorded);
    }
    JobStep::Progress progress;
    progress.playable_until = playable;
    const microseconds whole = film_.plan.duration;
    if (whole <= 0us) return progress;
    progress.done =
        std::min(1.0, static_cast<double>(playable.count()) / static_cast<double>(whole.count()));
    const auto taken = powers_.clock.now() - began_at_;
    const microseconds made = playable - began_from_;
    if (began_ && taken > 2s && made > 0us) {
        const double speed = static_cast<double>(made.count()) / static_cast<double>(taken.count());
        const double left = static_cast<double>((whole - playable).count()) / speed / 1e6;
        progress.eta = std::chrono::seconds(std::max(0ll, std::llround(left)));
    }
    return progress;
}

std::optional<JobStep> FilmRecorder::next_step() {
    if (!tracks_recorded_ && !are_tracks_known()) return std::nullopt;
    JobStep step = std::exchange(more_, {});
    if (!tracks_recorded_) add_tracks(step);
    take_waiting(step, pictures_end());
    step.progress = progress();
    if (!began_) {
        began_ = true;
        began_at_ = powers_.clock.now();
        began_from_ = std::chrono::duration_cast<microseconds>(step.progress->playable_until);
    }
    return step;
}

Async<> FilmRecorder::flush() {
    std::optional<JobStep> step = next_step();
    if (!step) co_return Result<>();
    const bool with_tracks = step->renditions.has_value();
    JobStep sent = *step;
    const WallTime now = powers_.clock.wall();
    Result<> recorded = co_await powers_.jobs.advance(film_.lease, std::move(sent), now);
    if (!recorded) {
        // What came meanwhile goes behind it.
        merge(*step, std::exchange(more_, {}));
        more_ = *std::move(step);
        co_return recorded;
    }
    tracks_recorded_ = tracks_recorded_ || with_tracks;
    announce_();
    recorded_.cancel();
    co_return Result<>();
}

net::awaitable<void> FilmRecorder::record() {
    const Instant none{};
    for (Instant failing_since = none;;) {
        while (!dirty_) {
            changed_.expires_at(net::steady_timer::time_point::max());
            (void)co_await changed_.async_wait(net::as_tuple(net::use_awaitable));
        }
        dirty_ = false;
        // Until every stream has its first segment there is nothing to record, and no pause: that
        // would be waited for by whoever opens the film.
        if (!tracks_recorded_ && !are_tracks_known()) continue;
        const Result<> recorded = co_await flush();
        if (recorded) {
            failing_since = none;
        } else {
            const Instant now = powers_.clock.now();
            if (failing_since == none) failing_since = now;
            const bool may_pass = recorded.error().code == ErrorCode::Unavailable;
            if (!may_pass || now - failing_since > options_.patience) {
                close();
                on_failure_(recorded.error());
                co_return;
            }
            dirty_ = true;
        }
        co_await powers_.clock.sleep_until(powers_.clock.now() + options_.least_pause);
    }
}

Async<> FilmRecorder::finish(microseconds duration) {
    JobStep step = std::exchange(more_, {});
    if (!tracks_recorded_) {
        for (auto& [name, stream] : streams_) stream.is_given_up = stream.next == 0;
        add_tracks(step);
    }
    take_waiting(step, duration);
    for (auto& [name, stream] : streams_) {
        for (const Waiting& each : std::exchange(stream.waiting, {})) {
            std::string key = segment_key(film_.video, film_.edition, name, each.segment.number);
            (void)co_await powers_.blobs.remove(std::move(key));
        }
    }
    step.facts = facts_of(film_.plan, duration);
    const Instant deadline = powers_.clock.now() + options_.patience;
    for (;;) {
        const WallTime now = powers_.clock.wall();
        JobStep sent = step;
        const Result<> finished = co_await powers_.jobs.finish(film_.lease, std::move(sent), now);
        if (finished) break;
        const bool may_pass = finished.error().code == ErrorCode::Unavailable;
        if (!may_pass || powers_.clock.now() >= deadline) co_return fail(finished.error());
        co_await powers_.clock.sleep_until(powers_.clock.now() + options_.look_again);
    }
    announce_();
    co_return Result<>();
}

net::awaitable<void> FilmRecorder::discard_unrecorded() {
    std::vector<std::string> keys;
    for (const StoredBlob& each : more_.objects) keys.push_back(each.key);
    for (const auto& [name, stream] : streams_) {
        for (const Waiting& each : stream.waiting) {
            if (each.object) keys.push_back(each.object->key);
        }
        for (const auto& [number, each] : stream.ahead) {
            if (each.object) keys.push_back(each.object->key);
        }
    }
    for (const std::string& each : keys) (void)co_await powers_.blobs.remove(each);
}

}  // namespace syncwatch
