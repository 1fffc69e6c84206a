#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/media/video.h"

namespace syncwatch {

/// A film as its players need it: the video and the segments of each stream. Never changed; a newer
/// state is another reel.
struct Reel {
    Video video;
    std::map<std::string, std::vector<Segment>, std::less<>> streams;

    /// Nothing will be added to its streams any more.
    bool is_complete() const { return video.status == VideoStatus::Ready; }
};

/// What reels are called where nodes ask one another (PeerAnswers).
inline const std::string kReelKind = "reel";

/// JSON, with all of the video that players ask for.
std::string text(const Reel& reel);
/// nullopt: it is none, or of another version.
std::optional<Reel> parse_reel(std::string_view text);

}  // namespace syncwatch
