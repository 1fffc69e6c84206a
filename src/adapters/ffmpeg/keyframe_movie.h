#pragma once
#include <string>
#include <vector>

#include "base/result.h"

namespace syncwatch::ffmpeg {

/// The first frame of a segment, as a segment of its own. Empty: there is none.
std::string keyframe_of(const std::string& segment);

/// A small MP4 of the first frame of each of `segments`, one a second: all keyframes, so that a
/// decoder has nothing else to do. `init` is their own. Errors: Internal (not segments of ours).
Result<std::string> keyframe_movie(const std::string& init,
                                   const std::vector<std::string>& segments);

}  // namespace syncwatch::ffmpeg
