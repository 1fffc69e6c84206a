#include "services/transcoding/film_tracks.h"

#include <algorithm>

#include "domain/transcode/judge.h"
#include "domain/transcode/language.h"

namespace syncwatch {

std::vector<Rendition> renditions_of(const TranscodePlan& plan, const SourceReport& report) {
    std::vector<Rendition> made;
    for (const PictureStream& each : plan.pictures) {
        Rendition rung;
        rung.stream = each.stream;
        rung.name = each.name;
        rung.width = each.width;
        rung.height = each.height;
        rung.frame_rate = plan.rate.value();
        if (const SourceVideo* film = main_video(report);
            each.copy && film != nullptr && film->average_rate.is_known()) {
            rung.frame_rate = film->average_rate.value();
        }
        rung.bits_per_second = each.peak_bits;
        rung.remuxed = each.copy;
        made.push_back(std::move(rung));
    }
    return made;
}

std::vector<AudioTrack> audio_tracks_of(const TranscodePlan& plan, const SourceReport& report) {
    std::vector<AudioTrack> made;
    bool has_default = false;
    for (const SoundStream& each : plan.sounds) {
        AudioTrack track;
        track.stream = each.stream;
        track.index = static_cast<int>(made.size());
        track.channels = each.channels;
        track.bits_per_second = each.bits_per_second;
        const auto source = std::ranges::find(report.audios, each.source,
                                              [](const auto& audio) { return audio.index; });
        if (source != report.audios.end()) {
            track.language = language_tag(source->language);
            track.title = source->title;
            track.is_default = source->is_default && !has_default;
        }
        has_default = has_default || track.is_default;
        made.push_back(std::move(track));
    }
    if (!has_default && !made.empty()) made.front().is_default = true;
    return made;
}

std::vector<SubtitleTrack> subtitle_tracks_of(const TranscodePlan& plan,
                                              const SourceReport& report) {
    std::vector<SubtitleTrack> made;
    for (const TextStream& each : plan.texts) {
        SubtitleTrack track;
        track.id = each.id;
        track.source = SubtitleTrack::Source::Embedded;
        const auto source = std::ranges::find(report.subtitles, each.source,
                                              [](const auto& text) { return text.index; });
        if (source != report.subtitles.end()) {
            track.language = language_tag(source->language);
            track.title = source->title;
            track.is_default = source->is_default;
            track.forced = source->is_forced;
        }
        made.push_back(std::move(track));
    }
    return made;
}

JobStep::Facts facts_of(const TranscodePlan& plan, std::chrono::microseconds duration) {
    JobStep::Facts facts;
    facts.duration = duration;
    facts.width = plan.pictures.front().width;
    facts.height = plan.pictures.front().height;
    facts.frame_rate = plan.rate.value();
    return facts;
}

}  // namespace syncwatch
