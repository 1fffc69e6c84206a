#pragma once
#include <optional>
#include <string>

#include "adapters/system/system_clock.h"
#include "apps/command/command.h"
#include "apps/notify/crier.h"

namespace syncwatch::apps {

/// Says to whom the plan names that something is brought back where it is used, and what came of
/// it: the others should not hear of it from users. It is in nobody's way: the work goes on
/// meanwhile, and what cannot be said is a line on stderr.
class RestoreNews {
public:
    /// It begins now. `component`: as backups have it.
    RestoreNews(const Invocation& invocation, std::string component, std::string into);
    /// It ended so; gives `outcome` back.
    Outcome<> ended(Outcome<> outcome);

private:
    void say(Severity severity, const std::string& what, std::string next);
    void warn_of_deaf();

    SystemClock clock_;
    const std::string component_;
    const std::string into_;
    const std::string node_;
    const std::string site_;
    WallTime since_{};
    std::optional<Crier> crier_;  ///< nullopt: the plan names nobody, or cannot be read.
};

}  // namespace syncwatch::apps
