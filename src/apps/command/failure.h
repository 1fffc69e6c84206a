#pragma once
#include <string>
#include <utility>

#include "base/result.h"

namespace syncwatch::apps {

/// How every command ends. Never renumbered: scripts switch on it.
enum class Exit : int {
    Done = 0,
    Internal = 1,
    Usage = 2,
    Refused = 3,             ///< A precondition does not hold; nothing was changed.
    Unreachable = 4,         ///< The target does not answer.
    VerificationFailed = 5,  ///< Stored data is not what it must be.
    ObjectiveMissed = 6,     ///< It worked, later or with more loss than was promised.
    Partial = 7,
    Locked = 8,  ///< Another run is at it.
    Fenced = 9,
    ConfirmationNeeded = 10,
    TimedOut = 11,  ///< The state is known; it can be resumed.
    EngineFailed = 12,
    StateUnknown = 13,  ///< A human must look.
    LogEnds = 125,      ///< wal-get: no repository has it. PostgreSQL sees 1.
};

/// Why a command did not do what it was asked: one line, then what to do next.
struct Failure {
    Exit exit = Exit::Internal;
    std::string code;  ///< Stable snake_case word, for programs.
    std::string what;  ///< What failed and where: lower case, no full stop.
    std::string hint;  ///< A sentence, or empty when there is nothing to advise.
};

template <class T = void>
using Outcome = tl::expected<T, Failure>;

inline tl::unexpected<Failure> give_up(Exit exit, std::string code, std::string what,
                                       std::string hint) {
    return tl::unexpected<Failure>(
        Failure{exit, std::move(code), std::move(what), std::move(hint)});
}

/// The failure that an error of the parts means for an operator.
Failure failure_of(const Error& error);

}  // namespace syncwatch::apps
