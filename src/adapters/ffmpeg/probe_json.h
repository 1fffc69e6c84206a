#pragma once
#include <string_view>

#include "base/result.h"
#include "domain/transcode/source_report.h"

namespace syncwatch::ffmpeg {

/// Reads what ffprobe prints (-print_format json -show_format -show_streams -show_chapters). A
/// number that is none, or a value of another type, counts as not said. Texts are cut to 200
/// characters, without control characters.
/// Errors: Internal (no JSON of this form).
Result<SourceReport> parse_probe(std::string_view json);

}  // namespace syncwatch::ffmpeg
