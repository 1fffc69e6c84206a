#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "ports/transcoder.h"

namespace syncwatch::ffmpeg {

using Args = std::vector<std::string>;

/// The containers that a stranger's file may be, by the names of ffmpeg's readers. None of them
/// names other files or addresses: playlists, concat scripts and SVG are not among them.
extern const std::string_view kFormats;

/// How a stranger's file is always opened: by local path, whatever characters are in its name.
Args input_args(const std::filesystem::path& source);

/// One process that makes all of `run.streams`, each into a pipe of its own from descriptor 3 on,
/// in the order of `run.streams`, as fragmented MP4 with the film's own time stamps; its progress
/// goes to descriptor 1.
Args transcode_args(const Transcoder::Run& run);

Args probe_args(const std::filesystem::path& source);
/// Lists the packets around some places of the film, to see how far apart keyframes are.
Args keyframe_args(const std::filesystem::path& source, int stream, double duration);
Args picture_args(const std::filesystem::path& source, const Transcoder::Picture& wanted);
/// Each stream to a pipe of its own from descriptor 3 on.
Args subtitle_args(const std::filesystem::path& source, const std::vector<int>& streams,
                   std::chrono::microseconds origin);
/// `movie` holds one keyframe for each tile.
Args sprite_args(const std::filesystem::path& movie, int tiles, PictureSize tile);

}  // namespace syncwatch::ffmpeg
