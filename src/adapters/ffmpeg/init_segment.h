#pragma once
#include <cstdint>
#include <string>

#include "base/encoding.h"
#include "base/result.h"

namespace syncwatch::ffmpeg {

/// The head of a stream, as players want it before the first segment.
struct InitSegment {
    std::string bytes;            ///< ftyp and moov, without edit lists.
    std::uint32_t timescale = 0;  ///< Ticks per second of its one track.
    std::string codecs;           ///< RFC 6381: "avc1.64001f", "mp4a.40.2".
};

/// Makes it from what the encoder wrote: `ftyp` and `moov` are whole boxes. An edit list would
/// shift the picture in some players and not in others; positions are right without one here,
/// because segments carry them. Errors: Internal (no H.264 or AAC track, or not one track).
Result<InitSegment> make_init(ByteView ftyp, ByteView moov);

}  // namespace syncwatch::ffmpeg
