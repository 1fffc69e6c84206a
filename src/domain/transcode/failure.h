#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace syncwatch {

/// Why a file does not become a film. The first group is the file's own fault: trying again cannot
/// help.
enum class MediaFailure : std::uint8_t {
    Empty,
    NotAVideo,
    NoVideo,
    Damaged,
    UnsupportedCodec,
    Protected,
    TooLong,
    TooManyPixels,

    OutputTooLarge,
    Stalled,
    TookTooLong,
    StorageFull,
    OriginalMissing,
    TranscodeFailed,
    Cancelled,
};

/// The catalogue of what users read about it. `code` is the stable word of the API; `message` says
/// what happened, what it means, and what would work.
struct FailureWords {
    MediaFailure failure;
    std::string_view code;
    std::string_view message;
};

const FailureWords& words(MediaFailure failure);
std::optional<MediaFailure> parse_media_failure(std::string_view code);

/// True if nothing but another file can help.
bool is_fault_of_file(MediaFailure failure);

/// The failure as an Error: InvalidInput for the file's own faults, Unavailable otherwise; its
/// reason is the code. `detail` is for logs.
Error failure_error(MediaFailure failure, std::string detail);

}  // namespace syncwatch
