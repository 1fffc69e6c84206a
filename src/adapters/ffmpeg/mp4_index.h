#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/encoding.h"
#include "base/result.h"

namespace syncwatch::ffmpeg {

/// What the index of an MP4 says of one track, without reading the film.
struct Mp4Track {
    std::uint32_t id = 0;
    bool is_video = false;
    bool is_audio = false;
    double duration = 0;  ///< Seconds, as the sum of its frames.
    /// Seconds between keyframes at worst, the last one to the end included.
    double largest_keyframe_gap = 0;
    bool is_regular = false;      ///< Every frame but the last lasts the same.
    bool has_plain_edits = true;  ///< Shown from its start to its end, delays aside.
    double present = 1;           ///< Part of it that lies inside the file.
};

/// Reads the index of a whole MP4 or MOV (ISO 14496-12, 8): some megabytes even of a film of many
/// gigabytes, wherever in the file it is. nullopt: there is none of this kind (another container, a
/// fragmented file, more than 128 MiB). What a stranger wrote is checked at every step.
/// Blocks: milliseconds. Errors: NotFound, Unavailable (the file cannot be read).
Result<std::optional<std::vector<Mp4Track>>> read_mp4_index(const std::filesystem::path& file);

/// The part that looks at bytes: `moov` is what is in the box, `file_size` what the file holds.
std::optional<std::vector<Mp4Track>> parse_mp4_index(ByteView moov, std::uint64_t file_size);

}  // namespace syncwatch::ffmpeg
