#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncwatch::apps {

/// The streams that a player of this master playlist (RFC 8216) would begin with, by their names
/// relative to it.
struct ChosenStreams {
    std::string pictures;
    std::string sound;  ///< Empty: there is none apart.
};
/// nullopt: it has no pictures.
std::optional<ChosenStreams> streams_in(std::string_view master);

/// A segment of a media playlist and what comes before it, by their names relative to it.
struct ListedSegment {
    std::string init;  ///< Empty: it needs none.
    std::string name;
};
std::vector<ListedSegment> segments_in(std::string_view playlist);

/// The path of what `name` names in the playlist at `playlist`, also a path.
std::string beside(std::string_view playlist, std::string_view name);

}  // namespace syncwatch::apps
