#include "domain/transcode/failure.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace syncwatch {
namespace {

constexpr FailureWords kWords[] = {
    {MediaFailure::Empty, "empty",
     "The file is empty. Please choose the film again and upload it once more."},
    {MediaFailure::NotAVideo, "not_a_video",
     "This file is not a video that can be read. Films as MP4, MKV, MOV, WebM, AVI or MPEG work."},
    {MediaFailure::NoVideo, "no_video",
     "There is no picture in this file, only sound or a still image. Please upload a film."},
    {MediaFailure::Damaged, "damaged",
     "The file is damaged or was cut off: too much of the film cannot be read. If it plays to the "
     "end on your computer, upload it again; otherwise get a whole copy."},
    {MediaFailure::UnsupportedCodec, "unsupported_codec",
     "The picture is stored in a format that cannot be read here. Converting the film to H.264 in "
     "an MP4 file first will work."},
    {MediaFailure::Protected, "protected",
     "The film is copy-protected and can be played only by the shop's own player. A copy without "
     "protection works."},
    {MediaFailure::TooLong, "too_long",
     "The film is longer than this server takes. Cut it into parts and upload them one by one."},
    {MediaFailure::TooManyPixels, "too_many_pixels",
     "The picture is larger than this server takes. Scaling the film down to 4K or less first "
     "will work."},
    {MediaFailure::OutputTooLarge, "output_too_large",
     "The film became much larger than it should while it was prepared, so that was stopped. A "
     "copy in another format may work."},
    {MediaFailure::Stalled, "stalled",
     "Preparing the film stopped moving and was given up. You can try again; if it happens again, "
     "a copy in another format may work."},
    {MediaFailure::TookTooLong, "took_too_long",
     "Preparing the film took far longer than it should and was given up. You can try again when "
     "the server is less busy."},
    {MediaFailure::StorageFull, "storage_full",
     "The server has no room left for the film. It can be tried again when space was made."},
    {MediaFailure::OriginalMissing, "original_missing",
     "The uploaded file is no longer there. Please upload the film again."},
    {MediaFailure::TranscodeFailed, "transcode_failed",
     "The film could not be prepared, for a reason that lies with the server. You can try again."},
    {MediaFailure::Cancelled, "cancelled", "Preparing the film was cancelled. You can try again."},
};

}  // namespace

const FailureWords& words(MediaFailure failure) {
    const auto* found = std::ranges::find(kWords, failure, &FailureWords::failure);
    SW_ASSERT(found != std::end(kWords));
    return *found;
}

std::optional<MediaFailure> parse_media_failure(std::string_view code) {
    const auto* found = std::ranges::find(kWords, code, &FailureWords::code);
    if (found == std::end(kWords)) return std::nullopt;
    return found->failure;
}

bool is_fault_of_file(MediaFailure failure) {
    return failure <= MediaFailure::TooManyPixels;
}

Error failure_error(MediaFailure failure, std::string detail) {
    Error error;
    error.code = is_fault_of_file(failure) ? ErrorCode::InvalidInput : ErrorCode::Unavailable;
    error.message = std::move(detail);
    error.reason = words(failure).code;
    if (error.code == ErrorCode::Unavailable) error.component = "transcoder";
    return error;
}

}  // namespace syncwatch
