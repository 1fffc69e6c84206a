#include "domain/transcode/plan.h"

#include <algorithm>
#include <cmath>

#include "base/assert.h"
#include "domain/transcode/frame_rate.h"
#include "domain/transcode/judge.h"

namespace syncwatch {
namespace {

using std::chrono::microseconds;

/// Sound that begins this much before the pictures is cut; with more, the first picture waits.
constexpr double kCutLead = 0.1;
/// Sound that ends this much after the pictures is cut; with more, the last picture stays. Where
/// the pictures are copied, they cannot stay.
constexpr double kCutTail = 0.5;
constexpr double kCutTailOfCopy = 2;

/// Pixels per second that one core encodes, decoding and scaling included, as measured with H.264
/// sources on a machine of 2023. Rough on purpose: it only chooses among three.
struct Speed {
    const char* preset;
    double pixels_per_core;
};
constexpr Speed kSpeeds[] = {{"veryfast", 62e6}, {"superfast", 85e6}, {"ultrafast", 120e6}};

microseconds micros(double seconds) {
    return microseconds(std::llround(seconds * 1e6));
}

struct Span {
    double start = 0;  ///< Earliest sound.
    double end = 0;    ///< Latest sound; 0: not known.
};

Span span_of_sound(const SourceReport& report, double otherwise) {
    Span span{otherwise, 0};
    for (const SourceAudio& each : report.audios) {
        if (!each.start) continue;
        span.start = std::min(span.start, *each.start);
        if (each.duration) span.end = std::max(span.end, *each.start + *each.duration);
    }
    return span;
}

void add_pictures(TranscodePlan& plan, const SourceVideo& video, bool copy) {
    const double rate = plan.rate.value();
    for (const Rung& rung : ladder(shown_size(video))) {
        PictureStream made;
        made.stream = "v" + rung.name.substr(0, rung.name.size() - 1);
        made.name = rung.name;
        made.width = rung.size.width;
        made.height = rung.size.height;
        made.peak_bits = peak_bits(rung.size, rate);
        made.level = h264_level(rung.size, rate);
        if (copy && plan.pictures.empty()) {
            made.copy = true;
            made.level = video.level;
        }
        // There is no use in more bits than the source has, its peaks allowed for.
        if (video.bits_per_second > 0) {
            const std::int64_t peak =
                std::max<std::int64_t>(150'000, video.bits_per_second * 3 / 2);
            made.peak_bits = made.copy ? peak : std::min(made.peak_bits, peak);
        }
        plan.pictures.push_back(std::move(made));
    }
}

/// A sound track that cannot be read must not cost the film.
bool is_usable(const SourceAudio& audio) {
    return audio.is_decodable && audio.channels > 0 && audio.channels <= 8 &&
           audio.sample_rate > 0 && !audio.codec.empty() && audio.codec != "none";
}

void add_sounds(TranscodePlan& plan, const SourceReport& report, const PlanSettings& settings,
                bool may_copy) {
    const double origin = static_cast<double>(plan.origin.count()) / 1e6;
    const double end = origin + static_cast<double>(plan.duration.count()) / 1e6;
    for (const SourceAudio& each : report.audios) {
        if (plan.sounds.size() == settings.max_sounds) return;
        if (!is_usable(each)) continue;
        SoundStream made;
        made.stream = "a" + std::to_string(plan.sounds.size());
        made.source = each.index;
        made.bits_per_second = settings.sound_bits;
        made.begins = micros(std::max(0.0, each.start.value_or(origin) - origin));
        if (may_copy && can_copy_sound(report, each, origin, end)) {
            made.copy = true;
            made.channels = each.channels;
            made.sample_rate = each.sample_rate;
            if (each.bits_per_second > 0) made.bits_per_second = each.bits_per_second;
        }
        plan.sounds.push_back(std::move(made));
    }
}

void add_texts(TranscodePlan& plan, const SourceReport& report, const PlanSettings& settings) {
    for (const SourceSubtitle& each : report.subtitles) {
        if (plan.texts.size() == settings.max_texts) return;
        if (!each.is_text) continue;
        plan.texts.push_back({"s" + std::to_string(plan.texts.size()), each.index});
    }
}

}  // namespace

microseconds TranscodePlan::segment_start(int number) const {
    const double frames = static_cast<double>(number) * segment_frames;
    return micros(frames * static_cast<double>(rate.den) / static_cast<double>(rate.num));
}

std::string choose_preset(double pixels_per_second, unsigned cores, double wanted_speed) {
    for (const Speed& each : kSpeeds) {
        if (each.pixels_per_core * cores >= pixels_per_second * wanted_speed) return each.preset;
    }
    return kSpeeds[std::size(kSpeeds) - 1].preset;
}

TranscodePlan make_plan(const SourceReport& report, const PlanSettings& settings) {
    const SourceVideo* video = main_video(report);
    SW_ASSERT(video != nullptr);
    const double pictures_start = video->start.value_or(report.start);
    const Span sound = span_of_sound(report, pictures_start);
    const bool sound_leads = pictures_start - sound.start > kCutLead;
    const double origin = sound_leads ? sound.start : pictures_start;

    TranscodePlan plan;
    plan.source_video = video->index;
    plan.origin = micros(origin);
    plan.file_start = micros(report.start);
    plan.rate = output_rate(*video);
    plan.segment_frames = frames_in(settings.segment_seconds, plan.rate);
    plan.deinterlace = video->interlaced;
    if (settings.can_tone_map) plan.transfer = video->transfer;
    plan.quality = settings.quality;

    double seconds = announced_duration(report, *video);
    if (seconds > 0) seconds += pictures_start - origin;
    const double tail = seconds > 0 && sound.end > 0 ? sound.end - origin - seconds : 0;
    const bool copy =
        !sound_leads && tail <= kCutTailOfCopy && can_copy_pictures(report, *video, settings.remux);
    if (!copy && tail > kCutTail) {
        plan.hold = micros(tail);
        seconds += tail;
    }
    plan.duration = micros(seconds);

    add_pictures(plan, *video, copy);
    add_sounds(plan, report, settings, copy);
    add_texts(plan, report, settings);
    plan.preset = settings.preset;
    if (plan.preset.empty()) {
        double pixels = 0;
        for (const PictureStream& each : plan.pictures) {
            if (!each.copy) pixels += static_cast<double>(each.width) * each.height;
        }
        plan.preset =
            choose_preset(pixels * plan.rate.value(), settings.cores, settings.wanted_speed);
    }
    return plan;
}

}  // namespace syncwatch
