#include "services/transcoding/film_job.h"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/async/cancelled.h"
#include "base/log/log.h"
#include "domain/media/media_keys.h"
#include "domain/transcode/failure.h"
#include "domain/transcode/plan_text.h"
#include "services/transcoding/film_length.h"
#include "services/transcoding/film_tracks.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

Error stopped_error() {
    Error error;
    error.code = ErrorCode::Cancelled;
    error.message = "the worker stops";
    return error;
}

}  // namespace

FilmJob::FilmJob(Powers powers, const Options& options, Job job, net::any_io_executor executor,
                 std::function<void()> announce)
    : powers_(powers),
      options_(options),
      job_(std::move(job)),
      announce_(std::move(announce)),
      executor_(executor),
      on_fault_([this](const std::string& task, const std::string& what) {
          Error fault;
          fault.message = task + ": " + what;
          stop(std::move(fault));
      }),
      lease_(executor, on_fault_),
      changed_(executor),
      lease_timer_(executor) {}

net::awaitable<FilmJob::End> FilmJob::run() {
    // Cancellation is only noted: what was begun is brought to an orderly end.
    co_await net::this_coro::throw_if_cancelled(false);
    lease_.spawn("lease", keep_lease());
    Result<> outcome = co_await work();
    co_await stop_making();
    lease_.cancel();
    co_await lease_.join();
    co_return co_await settle(std::move(outcome));
}

net::awaitable<void> FilmJob::stop_making() {
    if (recorder_) recorder_->close();
    if (!making_) co_return;
    making_->cancel();
    co_await making_->join();
}

Async<> FilmJob::work() {
    SW_CO_CHECK(co_await begin());
    auto duration = co_await make_streams();
    if (!duration && may_replan(duration.error())) {
        log::info("transcode.cannot_copy",
                  {{"video", job_.video.text()}, {"why", duration.error().message}});
        may_copy_ = false;
        SW_CO_CHECK(co_await make_new_plan());
        SW_CO_CHECK(co_await open_recorder());
        duration = co_await make_streams();
    }
    if (!duration) co_return fail(duration.error());
    co_return co_await finish(*duration);
}

Async<> FilmJob::begin() {
    // A file that killed the server again and again shall not do so for ever.
    if (job_.attempts > options_.patience.most_attempts) {
        co_return fail(failure_error(MediaFailure::TranscodeFailed, "too many attempts"));
    }
    SW_CO_TRY(video_, co_await powers_.videos.find(job_.video));
    std::string key = source_key(job_.video);
    auto original = co_await powers_.blobs.local_path(std::move(key));
    if (!original && original.error().code == ErrorCode::NotFound) {
        co_return fail(failure_error(MediaFailure::OriginalMissing, original.error().message));
    }
    if (!original) co_return fail(original.error());
    original_ = *std::move(original);
    SW_CO_TRY(const std::uint64_t free, co_await powers_.blobs.free_bytes());
    if (free < options_.recorder.keep_free) {
        co_return fail(failure_error(MediaFailure::StorageFull, "no room to begin"));
    }
    const bool was_begun = video_.status == VideoStatus::Transcoding && !job_.checkpoint.empty();
    if (was_begun) {
        SW_CO_TRY(plan_, parse_plan(job_.checkpoint));
    } else {
        SW_CO_CHECK(co_await make_new_plan());
    }
    co_return co_await open_recorder();
}

Async<> FilmJob::ensure_report() {
    if (report_) co_return Result<>();
    SW_CO_TRY(report_, co_await powers_.transcoder.probe(original_));
    co_return Result<>();
}

Async<> FilmJob::make_new_plan() {
    SW_CO_TRY(const auto abilities, co_await powers_.transcoder.prepare());
    SW_CO_CHECK(co_await ensure_report());
    SW_CO_CHECK(judge(*report_, options_.limits));
    PlanSettings settings = options_.plan;
    settings.can_tone_map = abilities.can_tone_map;
    settings.remux.allowed = settings.remux.allowed && may_copy_;
    plan_ = make_plan(*report_, settings);
    JobStep step;
    step.facts = facts_of(plan_, plan_.duration);
    step.checkpoint = plan_text(plan_);
    const WallTime now = powers_.clock.wall();
    SW_CO_CHECK(co_await powers_.jobs.advance(job_.lease(), std::move(step), now));
    announce_();
    co_return Result<>();
}

Async<> FilmJob::open_recorder() {
    FilmRecorder::Film film;
    film.video = job_.video;
    film.edition = video_.edition;
    film.lease = job_.lease();
    film.plan = plan_;
    if (report_) {
        film.renditions = renditions_of(plan_, *report_);
        film.audio_tracks = audio_tracks_of(plan_, *report_);
    }
    FilmRecorder::Powers powers{powers_.blobs, powers_.jobs, powers_.clock};
    recorder_ =
        std::make_unique<FilmRecorder>(powers, options_.recorder, std::move(film), executor_,
                                       announce_, [this](Error why) { stop(std::move(why)); });
    if (video_.status == VideoStatus::Transcoding) {
        SW_CO_TRY(auto segments, co_await powers_.videos.segments(job_.video, 0));
        SW_CO_CHECK(co_await recorder_->resume(video_, std::move(segments)));
    }
    ExtrasSource::Film extras{job_.video, video_.edition, original_, plan_};
    extras_ = std::make_unique<FilmExtras>(powers_.transcoder, powers_.blobs, *recorder_,
                                           std::move(extras));
    co_return Result<>();
}

std::vector<FilmJob::Part> FilmJob::parts() {
    Part encoded;
    Part others;
    int least = -1;
    for (const PictureStream& each : plan_.pictures) {
        (each.copy ? others : encoded).run.streams.push_back(each.stream);
        if (each.copy) continue;
        const int there = recorder_->count_of(each.stream);
        least = least < 0 ? there : std::min(least, there);
    }
    for (const SoundStream& each : plan_.sounds) others.run.streams.push_back(each.stream);

    std::vector<Part> parts;
    const bool shared = least >= 0 && segments_of_part(plan_, options_.parts) > 0;
    if (shared) {
        // Sound by itself and whole, because it clicks at seams.
        encoded.shared = true;
        parts.push_back(std::move(encoded));
        if (!others.run.streams.empty()) parts.push_back(std::move(others));
    } else if (least > 1) {
        // From the last one on that all rungs have: even where nothing is left to do, the encoder
        // then has something to do, and tells how it ends.
        encoded.run.first_segment = least - 1;
        parts.push_back(std::move(encoded));
        if (!others.run.streams.empty()) parts.push_back(std::move(others));
    } else {
        auto& streams = encoded.run.streams;
        streams.insert(streams.end(), others.run.streams.begin(), others.run.streams.end());
        parts.push_back(std::move(encoded));
    }
    for (Part& each : parts) {
        each.run.plan = plan_;
        each.run.source = original_;
    }
    return parts;
}

Async<microseconds> FilmJob::make_streams() {
    std::vector<Part> all = parts();
    log::info("transcode.begun", {{"video", job_.video.text()},
                                  {"parts", all.size()},
                                  {"from", all.front().run.first_segment},
                                  {"preset", plan_.preset}});
    making_ = std::make_unique<TaskGroup>(executor_, on_fault_);
    making_->spawn("record", recorder_->record());
    pictures_.reset();
    if (all.front().shared) {
        PictureParts::Powers powers{powers_.parts, powers_.transcoder, powers_.clock};
        pictures_ = std::make_unique<PictureParts>(powers, options_.parts, *recorder_, job_.lease(),
                                                   all.front().run);
        making_->spawn("helpers", pictures_->follow());
    }
    for (Part& each : all) making_->spawn("part", make_part(each));
    extras_under_way_ = true;
    making_->spawn("extras", make_extras());
    const Result<> waited = co_await wait_for_parts(all);
    if (waited) {
        std::vector<TranscodeEnd> ends;
        for (const Part& each : all) ends.push_back(**each.end);
        co_return length_of_film(job_.video, plan_, ends);
    }
    // The parts are this function's own: they must be gone before it is.
    co_await stop_making();
    co_return fail(waited.error());
}

net::awaitable<void> FilmJob::make_part(Part& part) {
    if (part.shared) {
        part.end = co_await pictures_->make();
    } else {
        Transcoder::Run run = part.run;
        part.end = co_await powers_.transcoder.run(std::move(run), *recorder_);
    }
    changed_.cancel();
}

Async<> FilmJob::wait_for_parts(std::vector<Part>& parts) {
    const auto done = [](const Part& each) { return each.end.has_value(); };
    const auto failed = [](const Part& each) { return each.end && !*each.end; };
    while (!stopped_ && !std::ranges::all_of(parts, done) && !std::ranges::any_of(parts, failed)) {
        co_await wait_for_change();
    }
    if (stopped_) co_return fail(*stopped_);
    for (Part& each : parts) {
        if (each.end && !*each.end) co_return fail(each.end->error());
    }
    co_return Result<>();
}

net::awaitable<void> FilmJob::wait_for_change() {
    // What was cancelled in the middle of something else would not be told again: look first.
    bool cancelled = co_await is_cancelled();
    if (!cancelled) {
        changed_.expires_at(net::steady_timer::time_point::max());
        (void)co_await changed_.async_wait(net::as_tuple(net::use_awaitable));
        cancelled = co_await is_cancelled();
    }
    if (cancelled && !stopped_) stopped_ = stopped_error();
}

net::awaitable<void> FilmJob::make_extras() {
    const auto note = [this](std::string_view what, const Result<>& done) {
        if (done) return;
        log::warning(
            "transcode.extra_left_out",
            {{"video", job_.video.text()}, {"what", what}, {"error", done.error().message}});
    };
    // The first segments come first: nobody looks at a still of a film that plays.
    while (recorder_->count_of(plan_.pictures.back().stream) == 0 && !video_.has_poster) {
        co_await powers_.clock.sleep_until(powers_.clock.now() + 100ms);
    }
    if (!video_.has_poster) note("poster", co_await extras_->make_poster());
    const bool has_texts = std::ranges::any_of(video_.subtitles, [](const SubtitleTrack& each) {
        return each.source == SubtitleTrack::Source::Embedded;
    });
    if (!plan_.texts.empty() && !has_texts) {
        const Result<> report = co_await ensure_report();
        note("subtitles", report);
        if (report) {
            auto tracks = subtitle_tracks_of(plan_, *report_);
            note("subtitles", co_await extras_->take_subtitles(std::move(tracks)));
        }
    }
    extras_under_way_ = false;
    changed_.cancel();
}

Async<> FilmJob::finish(microseconds duration) {
    while (!stopped_ && extras_under_way_) co_await wait_for_change();
    if (stopped_) co_return fail(*stopped_);
    const auto sprite = co_await extras_->make_sprite(recorder_->segments_of_lowest(), duration);
    if (!sprite && sprite.error().code == ErrorCode::Cancelled) co_return fail(sprite.error());
    if (!sprite) {
        log::warning(
            "transcode.extra_left_out",
            {{"video", job_.video.text()}, {"what", "sprite"}, {"error", sprite.error().message}});
    }
    // Nobody else records while the last step is made.
    co_await stop_making();
    if (stopped_) co_return fail(*stopped_);
    co_return co_await recorder_->finish(duration);
}

bool FilmJob::may_replan(const Error& error) const {
    return error.reason == "cannot_copy" && !recorder_->has_tracks() && may_copy_;
}

net::awaitable<void> FilmJob::keep_lease() {
    WallTime held_until = powers_.clock.wall() + options_.lease;
    for (;;) {
        lease_timer_.expires_after(options_.lease / 3);
        // Cancelled: somebody wants to know now.
        (void)co_await lease_timer_.async_wait(net::as_tuple(net::use_awaitable));
        const WallTime until = powers_.clock.wall() + options_.lease;
        const Result<> renewed = co_await powers_.jobs.renew(job_.lease(), until);
        if (renewed) {
            held_until = until;
            continue;
        }
        const bool may_pass = renewed.error().code == ErrorCode::Unavailable;
        if (!may_pass || powers_.clock.wall() >= held_until) {
            stop(renewed.error());
            co_return;
        }
    }
}

void FilmJob::look_again() {
    lease_timer_.cancel();
}

void FilmJob::stop(Error why) {
    if (!stopped_) stopped_ = std::move(why);
    if (recorder_) recorder_->close();
    changed_.cancel();
}

net::awaitable<FilmJob::End> FilmJob::settle(Result<> outcome) {
    if (outcome) co_return End::Finished;
    if (outcome.error().code == ErrorCode::Cancelled) {
        const Result<> released = co_await powers_.jobs.release(job_.lease(), WallTime());
        if (!released) {
            log::warning("transcode.not_released", {{"error", released.error().message}});
        }
        co_return End::Stopped;
    }
    co_return co_await carry_out(outcome.error());
}

net::awaitable<FilmJob::End> FilmJob::carry_out(Error error) {
    const JobVerdict verdict = judge_job(error, job_.attempts, options_.patience);
    const WallTime then = powers_.clock.wall() + verdict.wait;
    log::warning("transcode.interrupted", {{"video", job_.video.text()},
                                           {"attempt", job_.attempts},
                                           {"reason", error.reason},
                                           {"error", error.message}});
    Result<> done;
    VideoError why;
    End end = End::PutOff;
    switch (verdict.action) {
        case JobVerdict::Action::Fail:
            why = verdict.error;
            done = co_await powers_.jobs.fail_job(job_.lease(), std::move(why), verdict.original);
            end = End::Failed;
            announce_();
            break;
        case JobVerdict::Action::TryAgain:
            done = co_await powers_.jobs.retry_later(job_.lease(), then);
            break;
        case JobVerdict::Action::PutOff:
            done = co_await powers_.jobs.release(job_.lease(), then);
            break;
        case JobVerdict::Action::GiveUp: {
            // A successor writes the same objects: only what nobody goes on with is thrown away.
            const auto now = co_await powers_.videos.find(job_.video);
            const bool is_over =
                !now || now->edition != video_.edition || now->status == VideoStatus::Failed;
            if (is_over && recorder_) co_await recorder_->discard_unrecorded();
            co_return End::Lost;
        }
    }
    // Then the lease ends by itself.
    if (!done) log::warning("transcode.not_settled", {{"error", done.error().message}});
    co_return end;
}

}  // namespace syncwatch
