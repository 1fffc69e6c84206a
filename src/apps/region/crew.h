#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "apps/region/lab_state.h"
#include "apps/region/part.h"

namespace syncwatch::lab {

/// What a part's door is called among its processes; all others are its servers.
constexpr std::string_view kDoor = "door";

/// The processes of one part, as signals reach them. None is signalled that is not still the one
/// that was recorded.
class Crew {
public:
    Crew(const Part& part, std::vector<ProcessRecord> records)
        : part_(part), records_(std::move(records)) {}

    const std::vector<ProcessRecord>& records() const { return records_; }
    /// Some process of it is there, of whatever kind.
    bool any() const;
    /// All its servers are there, stopped or not; false when none was ever started.
    bool serves() const;
    /// The server that is not there any more; empty: none was started, or all are there.
    std::string lost() const;
    bool hangs() const;
    bool has_door() const;  ///< The door is there, stopped or not.
    bool is_cut() const;    ///< The door is stopped.

    void hang() const;
    void cut() const;
    void wake() const;  ///< Undoes both.
    /// kill -9 of all servers, and of the door: one that stood alone would take connections and
    /// close them, where a dead machine refuses them. Returns when they are gone.
    void kill() const;
    /// Asks the servers to end and kills those that take too long, and the door.
    void end() const;

private:
    std::vector<pid_t> servers() const;    ///< Those that are there.
    std::vector<pid_t> everybody() const;  ///< With all that descend from them, and the strays.
    const ProcessRecord* door() const;

    const Part& part_;
    std::vector<ProcessRecord> records_;
};

}  // namespace syncwatch::lab
