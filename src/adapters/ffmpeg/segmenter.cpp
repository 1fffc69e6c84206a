#include "adapters/ffmpeg/segmenter.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "domain/transcode/failure.h"
#include "domain/transcode/frame_rate.h"

namespace syncwatch::ffmpeg {
namespace {

using std::chrono::microseconds;

/// Copied pictures may begin this far from position 0: rounding of the file's clock.
constexpr double kRounding = 0.005;
/// A copied segment ends at the first keyframe after this much of the usual length.
constexpr double kLongEnough = 0.9;

constexpr std::uint32_t kDecodesAlone = 0x0200'0000;

/// A frame of silence in AAC-LC (ISO 14496-3, 4.4.2): one long window without a spectrum, for one
/// channel and for two that share their window. It stands between any other frames.
constexpr std::uint8_t kSilentMono[] = {0x01, 0x18, 0x20, 0x07};
constexpr std::uint8_t kSilentStereo[] = {0x21, 0x10, 0x04, 0x60, 0x8c, 0x1c};

tl::unexpected<Error> cannot_copy(std::string why) {
    return fail(ErrorCode::Conflict, "cannot pass the pictures on: " + std::move(why),
                "cannot_copy");
}

std::int64_t boundary_ticks(microseconds time, std::uint32_t timescale) {
    return std::llround(std::ceil(static_cast<double>(time.count()) * timescale / 1e6 - 1e-3));
}

}  // namespace

std::int64_t first_sound_frame(const TranscodePlan& plan, int segment, std::uint32_t sample_rate) {
    const std::int64_t boundary = boundary_ticks(plan.segment_start(segment), sample_rate);
    return (boundary + kSoundFrame - 1) / kSoundFrame * kSoundFrame;
}

std::int64_t Segmenter::sound_begins() const {
    return rule_.first_segment == 0
               ? 0
               : first_sound_frame(*rule_.plan, rule_.first_segment, timescale_);
}

Result<> Segmenter::on_init(InitSegment init) {
    timescale_ = init.timescale;
    init_ = std::move(init);
    return {};
}

Result<> Segmenter::on_sample(const CodedSample& sample) {
    if (!placed_ && is_resumed_copy()) {
        SW_CHECK(find_copied(sample));
        if (!placed_) return {};
    }
    if (!placed_) {
        // What belongs to the first frame's place more than to the one before it is kept.
        const std::int64_t early = rule_.fill_channels > 0 ? kSoundFrame / 2 : 0;
        if (rule_.kind == Kind::Sound && sample.decode_time < sound_begins() - early) return {};
        SW_CHECK(place_first(sample));
        placed_ = true;
    }
    switch (rule_.kind) {
        case Kind::EncodedPictures: return add_encoded(sample);
        case Kind::CopiedPictures: return add_copied(sample);
        case Kind::Sound: return add_sound(sample);
    }
    return {};
}

Result<> Segmenter::place_first(const CodedSample& sample) {
    first_shown_after_ = sample.shown_after;
    if (rule_.kind == Kind::Sound) {
        if (rule_.fill_channels == 0) {
            end_ = sample.decode_time;
        } else {
            start_ = end_ = sound_begins();
        }
        return {};
    }
    if (!sample.is_sync()) {
        if (rule_.kind == Kind::CopiedPictures) return cannot_copy("no keyframe at the start");
        return fail(ErrorCode::Internal, "the encoder began without a keyframe");
    }
    if (rule_.kind == Kind::CopiedPictures) {
        if (std::abs(static_cast<double>(sample.shown_at())) > kRounding * timescale_) {
            return cannot_copy(fmt::format("they begin at {} / {}", sample.shown_at(), timescale_));
        }
        shift_ = first_shown_after_ - sample.shown_at();
        beginning_ = {sample.decode_time, sample.shown_after};
        return {};
    }
    const std::int64_t frame = std::int64_t{rule_.first_segment} * rule_.plan->segment_frames;
    const std::int64_t expected = frame * ticks_per_frame(rule_.plan->rate);
    if (sample.shown_at() != expected) {
        return fail(ErrorCode::Internal,
                    fmt::format("the encoder began at {}, not at {}", sample.shown_at(), expected));
    }
    shift_ = first_shown_after_;
    start_ = end_ = expected;
    return {};
}

bool Segmenter::is_resumed_copy() const {
    return rule_.first_segment > 0 && rule_.kind != Kind::EncodedPictures &&
           rule_.fill_channels == 0;
}

/// What is read comes from a keyframe before, and what lies between is passed over.
Result<> Segmenter::find_copied(const CodedSample& sample) {
    if (rule_.beginning) {
        first_shown_after_ = rule_.beginning->shown_after;
        shift_ = -rule_.beginning->decode_time;
    }
    const std::int64_t at = sample.decode_time + shift_;
    if (time_of(at) < rule_.first_start) return {};
    if (time_of(at) > rule_.first_start || !sample.is_sync()) {
        return cannot_copy(fmt::format("no segment begins at {} us", rule_.first_start.count()));
    }
    start_ = end_ = at;
    placed_ = true;
    return {};
}

Result<> Segmenter::add_encoded(const CodedSample& sample) {
    if (sample.is_sync() != (frames_ == 0)) {
        return fail(
            ErrorCode::Internal,
            fmt::format("a keyframe is out of place: frame {} of segment {}", frames_, number_));
    }
    ++frames_;
    CodedSample placed = sample;
    // The muxer guesses how long the last frame of a fragment lasts; the rate is constant.
    placed.duration = static_cast<std::uint32_t>(ticks_per_frame(rule_.plan->rate));
    add(placed);
    // At once: the next frame comes with the whole of the next segment.
    if (frames_ == rule_.plan->segment_frames) {
        cut(end_);
        frames_ = 0;
    }
    return {};
}

Result<> Segmenter::add_copied(const CodedSample& sample) {
    if (sample.is_sync() && !writer_.is_empty()) {
        const std::int64_t at = sample.decode_time + shift_;
        const microseconds usual = rule_.plan->segment_start(1);
        if (static_cast<double>((time_of(at) - time_of(start_)).count()) >=
            kLongEnough * static_cast<double>(usual.count())) {
            cut(at);
        }
    }
    add(sample);
    return {};
}

Result<> Segmenter::add_sound(const CodedSample& sample) {
    if (rule_.fill_channels == 0) {
        add_sound_at_end(sample);
        return {};
    }
    if (time_of(sample.decode_time) > rule_.longest) {
        return fail(failure_error(MediaFailure::TooLong, "sound goes on and on"));
    }
    // Every frame follows the one before at once, at most half a frame (11 ms) from its own time:
    // that is how players count, too.
    if (sample.decode_time < end_ - kSoundFrame / 2) return {};
    add_silence(sample.decode_time - kSoundFrame / 2);
    CodedSample placed = sample;
    placed.decode_time = end_;
    placed.duration = kSoundFrame;
    add_sound_at_end(placed);
    return {};
}

void Segmenter::add_silence(std::int64_t until) {
    while (end_ < until) {
        CodedSample silent;
        silent.decode_time = end_;
        silent.duration = kSoundFrame;
        silent.flags = kDecodesAlone;
        silent.bytes = rule_.fill_channels == 1 ? ByteView(kSilentMono) : ByteView(kSilentStereo);
        add_sound_at_end(silent);
    }
}

void Segmenter::add_sound_at_end(CodedSample sample) {
    const std::int64_t boundary = ticks_of(rule_.plan->segment_start(number_ + 1));
    if (sample.decode_time >= boundary && !writer_.is_empty()) cut(sample.decode_time);
    add(sample);
}

void Segmenter::add(const CodedSample& sample) {
    CodedSample placed = sample;
    placed.decode_time += shift_;
    placed.shown_after -= first_shown_after_;
    if (rule_.kind == Kind::EncodedPictures) {
        // Counted, because the encoder's last decoding times are not evenly spaced. What is shown
        // when stays as it is.
        placed.decode_time = end_;
        placed.shown_after = static_cast<std::int32_t>(sample.shown_at() - end_);
    }
    writer_.add(placed);
    end_ = placed.decode_time + placed.duration;
}

void Segmenter::cut(std::int64_t at) {
    MadeSegment made;
    made.number = number_;
    made.start = time_of(start_);
    made.end = time_of(at);
    made.bytes = writer_.finish(number_);
    ready_.push_back(std::move(made));
    ++number_;
    start_ = at;
}

void Segmenter::finish(microseconds film_end) {
    if (rule_.fill_channels > 0 && placed_) {
        add_silence(ticks_of(std::min(film_end, rule_.longest)) - kSoundFrame / 2);
    }
    if (!writer_.is_empty()) cut(end_);
}

microseconds Segmenter::time_of(std::int64_t ticks) const {
    if (timescale_ == 0) return {};
    return microseconds(std::llround(static_cast<double>(ticks) * 1e6 / timescale_));
}

std::int64_t Segmenter::ticks_of(microseconds time) const {
    return boundary_ticks(time, timescale_);
}

}  // namespace syncwatch::ffmpeg
