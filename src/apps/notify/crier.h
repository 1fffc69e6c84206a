#pragma once
#include <future>
#include <string>
#include <vector>

#include "apps/notify/open_channels.h"
#include "base/async/shards.h"

namespace syncwatch::apps {

/// Tells everybody whom a plan names at the same time, from a command, which does not wait until it
/// wants to know what came of it.
class Crier {
public:
    /// What came of telling one.
    struct Heard {
        std::string channel;
        std::string_view kind;  ///< As in the plan; "heartbeat".
        Result<> outcome;
    };
    /// `clock` outlives it.
    Crier(const recovery::Plan& plan, Clock& clock);
    /// Waits for what is under way: as long as a mail may take.
    ~Crier();

    /// Tells those who want to hear of it; `only`: none but the one of that name, if it has one.
    void cry(const Notice& notice, const std::string& only = {});
    /// The same whatever they want to hear of, and lets the heart beat.
    void try_all(const Notice& notice, const std::string& only = {});
    /// What came of all that was cried, in the order of the plan.
    std::vector<Heard> wait();

private:
    void tell(const OpenChannels::Outlet& outlet, const Notice& notice);

    struct Pending {
        std::string channel;
        std::string_view kind;
        std::future<Result<>> outcome;
    };
    Shards thread_{1};
    OpenChannels channels_;
    std::vector<Pending> pending_;
};

}  // namespace syncwatch::apps
