#include "domain/media/video.h"

namespace syncwatch {

std::string_view text(SubtitleTrack::Source source) {
    return source == SubtitleTrack::Source::Embedded ? "embedded" : "uploaded";
}

}  // namespace syncwatch
