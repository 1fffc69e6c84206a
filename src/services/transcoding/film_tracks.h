#pragma once
#include <vector>

#include "domain/media/video.h"
#include "domain/transcode/plan.h"
#include "domain/transcode/source_report.h"
#include "ports/job_store.h"

namespace syncwatch {

/// The rungs as the library lists them. Their codecs are known when the encoder has begun.
std::vector<Rendition> renditions_of(const TranscodePlan& plan, const SourceReport& report);

/// The sound tracks, with the names that the file gives them; one of them is the default.
std::vector<AudioTrack> audio_tracks_of(const TranscodePlan& plan, const SourceReport& report);

/// The subtitles that are to be taken out, in the plan's order.
std::vector<SubtitleTrack> subtitle_tracks_of(const TranscodePlan& plan,
                                              const SourceReport& report);

JobStep::Facts facts_of(const TranscodePlan& plan, std::chrono::microseconds duration);

}  // namespace syncwatch
