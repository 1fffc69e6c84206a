#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/media/video.h"

/// HLS playlists (RFC 8216, and its second edition for fMP4), written from what the library has
/// recorded. Every address in them is relative, so that the capability in the path carries on.
namespace syncwatch::hls {

inline constexpr std::string_view kContentType = "application/vnd.apple.mpegurl";

using Streams = std::map<std::string, std::vector<Segment>, std::less<>>;

/// The film with its rungs, sound tracks and subtitles. A stream without a segment is left out:
/// players give up on an empty playlist. Empty if no rung is left.
std::string master_playlist(const Video& video, const Streams& streams);

/// One stream. An EVENT list, to which segments are added, until it is complete.
std::string media_playlist(std::span<const Segment> segments, bool complete);

/// One track of subtitles: a single WebVTT file over the whole film.
std::string subtitle_playlist(std::string_view file_name, MediaTime duration);

}  // namespace syncwatch::hls
