#include "adapters/ffmpeg/encoder_run.h"

#include <algorithm>
#include <array>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "adapters/ffmpeg/read_feeder.h"
#include "adapters/program/run.h"
#include "base/assert.h"
#include "base/async/cancelled.h"
#include "base/log/log.h"

namespace syncwatch::ffmpeg {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

constexpr std::size_t kReadSize = 256 << 10;

Error failure(MediaFailure kind, std::string detail) {
    return failure_error(kind, "encoder: " + std::move(detail));
}

}  // namespace

std::chrono::seconds Watchdog::allowed_time(microseconds film) const {
    const microseconds length = film > 0us ? film : microseconds(longest_film);
    return least_time + std::chrono::seconds(
                            std::llround(static_cast<double>(length.count()) / 1e6 * times_film));
}

EncoderRun::EncoderRun(const net::any_io_executor& executor, Transcoder::Run run, Watchdog watchdog,
                       TranscodeListener& listener, std::optional<Segmenter::Beginning> beginning)
    : executor_(executor),
      run_(std::move(run)),
      watchdog_(watchdog),
      beginning_(beginning),
      listener_(listener),
      tasks_(executor,
             [this](const std::string& task, const std::string& what) {
                 stop(failure(MediaFailure::TranscodeFailed, task + ": " + what));
             }),
      changed_(executor) {
    for (const std::string& each : run_.streams) add_stream(each);
}

void EncoderRun::add_stream(const std::string& name) {
    Segmenter::Rule rule;
    rule.plan = &run_.plan;
    rule.kind = Segmenter::Kind::Sound;
    for (const PictureStream& each : run_.plan.pictures) {
        if (each.stream != name) continue;
        rule.kind = each.copy ? Segmenter::Kind::CopiedPictures : Segmenter::Kind::EncodedPictures;
    }
    for (const SoundStream& each : run_.plan.sounds) {
        if (each.stream == name && !each.copy) rule.fill_channels = each.channels;
    }
    rule.longest = watchdog_.longest_film;
    const bool copied = rule.kind == Segmenter::Kind::CopiedPictures ||
                        (rule.kind == Segmenter::Kind::Sound && rule.fill_channels == 0);
    SW_ASSERT(!copied || run_.first_segment == 0 || run_.streams.size() == 1);
    rule.first_segment = run_.first_segment;
    rule.first_start = run_.first_start;
    rule.beginning = beginning_;
    streams_.push_back(std::make_unique<Stream>(name, rule));
}

Async<TranscodeEnd> EncoderRun::execute(FencedSpec spec) {
    // Whatever happens, what was started is ended here: cancellation is only noted.
    const bool throws = co_await net::this_coro::throw_if_cancelled();
    co_await net::this_coro::throw_if_cancelled(false);
    auto outcome = co_await start_and_end(std::move(spec));
    co_await net::this_coro::throw_if_cancelled(throws);
    co_return outcome;
}

Async<TranscodeEnd> EncoderRun::start_and_end(FencedSpec spec) {
    SW_CO_TRY(FencedChild started, start_fenced(spec));
    if (spec.reads) tasks_.spawn("reads", feed(std::move(started.reads), std::move(spec.reads)));
    co_await run_to_the_end(started.child);
    SW_CO_TRY(const program::End ended, co_await program::end_child(started.child, 0, 5s));
    co_return co_await conclude(ended);
}

net::awaitable<void> EncoderRun::run_to_the_end(program::Child& child) {
    changed_.expires_at(net::steady_timer::time_point::max());
    reading_ = static_cast<int>(streams_.size()) + 2;
    tasks_.spawn("progress", read_progress(ReadEnd(executor_, child.take_stdout())));
    tasks_.spawn("errors", read_errors(ReadEnd(executor_, child.take_stderr())));
    for (std::size_t i = 0; i < streams_.size(); ++i) {
        ReadEnd pipe(executor_, child.take_pipe(i));
        tasks_.spawn(streams_[i]->name, pump(*streams_[i], std::move(pipe)));
    }
    tasks_.spawn("watchdog", watch(child));
    while (reading_ > 0 && !stopped_) {
        // What was cancelled before would not be told again: look first.
        const bool cancelled = co_await is_cancelled();
        if (cancelled) {
            Error why;
            why.code = ErrorCode::Cancelled;
            why.message = "the encoder was stopped";
            stopped_ = std::move(why);
        } else {
            (void)co_await changed_.async_wait(net::as_tuple(net::use_awaitable));
        }
    }
    if (stopped_) child.kill();
    tasks_.cancel();
    co_await tasks_.join();
}

net::awaitable<void> EncoderRun::pump(Stream& stream, ReadEnd pipe) {
    const auto outcome = co_await pump_all(stream, pipe);
    if (!outcome) stop(outcome.error());
    reader_done();
}

Async<> EncoderRun::pump_all(Stream& stream, ReadEnd& pipe) {
    std::vector<std::uint8_t> buffer(kReadSize);
    for (;;) {
        SW_CO_TRY(const std::size_t count, co_await pipe.read(buffer));
        if (count == 0) co_return Result<>();
        bytes_ += count;
        SW_CO_CHECK(stream.reader.feed(ByteView(buffer).first(count)));
        SW_CO_CHECK(co_await deliver(stream));
    }
}

Async<> EncoderRun::deliver(Stream& stream) {
    ++handing_on_;
    Result<> outcome;
    if (auto init = stream.segmenter.take_init()) {
        MadeInit made;
        made.bytes = std::move(init->bytes);
        made.codecs = std::move(init->codecs);
        outcome = co_await listener_.on_init(stream.name, std::move(made));
    }
    std::vector<MadeSegment> ready = stream.segmenter.take_segments();
    for (MadeSegment& each : ready) {
        if (!outcome) break;
        outcome = co_await listener_.on_segment(stream.name, std::move(each));
    }
    --handing_on_;
    co_return outcome;
}

net::awaitable<void> EncoderRun::read_progress(ReadEnd pipe) {
    std::array<std::uint8_t, 4096> buffer;
    for (;;) {
        const auto count = co_await pipe.read(buffer);
        if (!count || *count == 0) break;
        const std::string_view piece(reinterpret_cast<const char*>(buffer.data()), *count);
        if (progress_.feed(piece)) report_progress();
    }
    reader_done();
}

net::awaitable<void> EncoderRun::read_errors(ReadEnd pipe) {
    std::array<std::uint8_t, 4096> buffer;
    for (;;) {
        const auto count = co_await pipe.read(buffer);
        if (!count || *count == 0) break;
        damage_.feed(std::string_view(reinterpret_cast<const char*>(buffer.data()), *count));
    }
    reader_done();
}

net::awaitable<void> EncoderRun::feed(UniqueFd listener, std::shared_ptr<PartialFile> file) {
    const Result<> fed = co_await feed_reads(std::move(listener), std::move(file));
    if (!fed) stop(fed.error());
}

net::awaitable<void> EncoderRun::watch(program::Child& child) {
    net::steady_timer timer(executor_);
    while (!stopped_) {
        timer.expires_after(watchdog_.look_every);
        const auto [error] = co_await timer.async_wait(net::as_tuple(net::use_awaitable));
        if (error) co_return;
        if (auto why = look(child)) stop(*std::move(why));
    }
}

std::optional<Error> EncoderRun::look(const program::Child& child) {
    running_ += watchdog_.look_every;
    const bool moved = bytes_ != seen_bytes_ || progress_.frames() != seen_frames_ ||
                       progress_.position_us() != seen_position_;
    // While a segment is being stored, the encoder waits for us.
    still_ = moved || handing_on_ > 0 ? 0ms : still_ + watchdog_.look_every;
    seen_bytes_ = bytes_;
    seen_frames_ = progress_.frames();
    seen_position_ = progress_.position_us();

    if (still_ >= watchdog_.stall_after) {
        return failure(MediaFailure::Stalled,
                       fmt::format("nothing new for {} s", still_.count() / 1000));
    }
    if (running_ > watchdog_.allowed_time(run_.plan.duration)) {
        return failure(MediaFailure::TookTooLong,
                       fmt::format("running for {} s", running_.count() / 1000));
    }
    if (const std::int64_t memory = child.resident_memory(); memory > watchdog_.max_memory) {
        return failure(MediaFailure::TranscodeFailed,
                       fmt::format("{} MiB of memory", memory >> 20));
    }
    const microseconds at = position();
    if (at > watchdog_.longest_film) {
        return failure(MediaFailure::TooLong, "the film goes on and on");
    }
    double peak = 1e6;
    for (const PictureStream& each : run_.plan.pictures)
        peak += static_cast<double>(each.peak_bits);
    for (const SoundStream& each : run_.plan.sounds) {
        peak += static_cast<double>(each.bits_per_second);
    }
    const double most = watchdog_.times_peak * peak / 8 * static_cast<double>(at.count()) / 1e6;
    if (static_cast<double>(bytes_) > static_cast<double>(watchdog_.slack) + most) {
        return failure(MediaFailure::OutputTooLarge, fmt::format("{} MiB", bytes_ >> 20));
    }
    return std::nullopt;
}

Async<TranscodeEnd> EncoderRun::conclude(const program::End& end) {
    if (stopped_) co_return fail(*std::move(stopped_));
    TranscodeEnd made;
    made.cpu_time = end.cpu_time;
    made.peak_memory = end.peak_memory;
    made.decode_errors = damage_.count();
    if (!end.is_good() || !progress_.is_ended()) {
        const MediaFailure why = diagnose(damage_.tail(), end, true);
        co_return fail(failure(why, end.text() + ": " + last_complaint(damage_.tail())));
    }
    const microseconds film_end = end_of_film();
    for (const auto& each : streams_) {
        each->segmenter.finish(film_end);
        SW_CO_CHECK(co_await deliver(*each));
        made.ends[each->name] = each->segmenter.end();
    }
    report_progress();
    co_return made;
}

void EncoderRun::report_progress() {
    TranscodeProgress progress;
    progress.position = position();
    progress.speed = progress_.speed();
    listener_.on_progress(progress);
}

microseconds EncoderRun::position() const {
    microseconds least = microseconds::max();
    for (const auto& each : streams_) least = std::min(least, each->segmenter.end());
    return least;
}

/// Where sound should end: with the pictures, if they are made here; else where the file says.
microseconds EncoderRun::end_of_film() const {
    microseconds end{};
    for (const auto& each : streams_) {
        if (!each->segmenter.is_sound()) end = std::max(end, each->segmenter.end());
    }
    return end > 0us ? end : run_.plan.duration;
}

void EncoderRun::reader_done() {
    --reading_;
    changed_.cancel();
}

void EncoderRun::stop(Error why) {
    if (!stopped_) stopped_ = std::move(why);
    changed_.cancel();
}

}  // namespace syncwatch::ffmpeg
