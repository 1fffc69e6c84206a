#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "domain/media/video.h"
#include "ports/job_store.h"

namespace syncwatch {

/// What becomes of a job that did not come to its end.
struct JobVerdict {
    enum class Action : std::uint8_t {
        Fail,      ///< The video has failed.
        TryAgain,  ///< Later; the attempt counts.
        PutOff,    ///< Later; it was not the job's fault.
        GiveUp,    ///< The job is no longer ours.
    };

    Action action = Action::GiveUp;
    VideoError error;  ///< Of Fail.
    Original original = Original::Keep;
    std::chrono::seconds wait{0};  ///< Of TryAgain and PutOff.
};

struct JobPatience {
    int most_attempts = 4;               ///< Without any progress between them.
    std::chrono::seconds first_wait{5};  ///< Doubled from attempt to attempt.
    std::chrono::seconds resource_wait{30};
};

/// `attempts` counts this one.
JobVerdict judge_job(const Error& error, int attempts, const JobPatience& patience);

}  // namespace syncwatch
