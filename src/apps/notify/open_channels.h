#pragma once
#include <memory>
#include <vector>

#include "adapters/notify/caller.h"
#include "ports/clock.h"
#include "ports/notifier.h"
#include "ports/pulse.h"
#include "recovery/plan/plan.h"

namespace syncwatch::apps {

/// All whom a plan tells what happens, and its heartbeat. Asks nobody for anything by itself.
class OpenChannels {
public:
    struct Outlet {
        recovery::Channel channel;
        std::unique_ptr<Notifier> notifier;
    };
    /// `clock` outlives it.
    OpenChannels(const recovery::Plan& plan, Clock& clock);

    /// As in the plan.
    const std::vector<Outlet>& outlets() const { return outlets_; }
    Pulse* pulse() const { return pulse_.get(); }  ///< nullptr: there is none.
    /// Ends what is under way: callers get Cancelled.
    void stop() { caller_.stop(); }

private:
    std::unique_ptr<Notifier> open(const recovery::Channel& channel, Clock& clock);

    notify::Caller caller_;
    std::vector<Outlet> outlets_;
    std::unique_ptr<Pulse> pulse_;
};

}  // namespace syncwatch::apps
