#include "services/transcoding/job_verdict.h"

#include <algorithm>

#include "domain/transcode/failure.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using Action = JobVerdict::Action;

constexpr std::chrono::seconds kLongestWait = 5min;

JobVerdict failed(MediaFailure failure) {
    JobVerdict verdict;
    verdict.action = Action::Fail;
    verdict.error.code = words(failure).code;
    verdict.error.message = words(failure).message;
    // A file that is no film is of no use to anybody; any other may be tried again.
    verdict.original = is_fault_of_file(failure) ? Original::Drop : Original::Keep;
    return verdict;
}

JobVerdict later(Action action, std::chrono::seconds wait) {
    JobVerdict verdict;
    verdict.action = action;
    verdict.wait = wait;
    return verdict;
}

}  // namespace

JobVerdict judge_job(const Error& error, int attempts, const JobPatience& patience) {
    if (error.reason == "lease_lost" || error.reason == "no_such_video") return {};
    const std::optional<MediaFailure> failure = parse_media_failure(error.reason);
    if (failure && is_fault_of_file(*failure)) return failed(*failure);
    if (failure == MediaFailure::OriginalMissing || failure == MediaFailure::TookTooLong ||
        failure == MediaFailure::OutputTooLarge) {
        return failed(*failure);
    }
    // A full disk, a store or a database that is away, no ffmpeg: it is for the operator to mend,
    // and then the job goes on by itself.
    const bool is_resource =
        failure == MediaFailure::StorageFull || (error.code == ErrorCode::Unavailable && !failure);
    if (is_resource) return later(Action::PutOff, patience.resource_wait);
    if (attempts >= patience.most_attempts)
        return failed(failure.value_or(MediaFailure::TranscodeFailed));
    const auto wait = patience.first_wait * (1 << std::min(attempts - 1, 6));
    return later(Action::TryAgain, std::min<std::chrono::seconds>(wait, kLongestWait));
}

}  // namespace syncwatch
