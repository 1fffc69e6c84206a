#pragma once
#include <utility>
#include <vector>

#include "base/time.h"
#include "services/rooms/room_speaker.h"
#include "services/rooms/roster.h"

namespace syncwatch {

/// Gathers what changed about the members of a room, and tells it: at once in a small room, a few
/// times a second in a big one, so that a thousand people who come and go cost what a few do. How
/// far off each is goes out less often, a limited number at a time.
class MembersNews {
public:
    MembersNews(Roster& roster, RoomSpeaker& speaker, RoomAudience& audience)
        : roster_(roster), speaker_(speaker), audience_(audience) {}

    void joined(UserId member, Instant now);
    void left(UserId member, Instant now);
    /// Something that everybody should know: role, host, state, name.
    void changed(UserId member, Instant now);
    /// True if that is far enough from what the others know to be told, soon.
    bool drifted(Present& member);

    /// Tells what waits, if it is time.
    void tick(Instant now);
    /// Tells all of it now.
    void flush(Instant now);

private:
    /// The last thing that happened to a member since it was told.
    enum class Kind : std::uint8_t { Joined, Left, Changed };

    void tell_drift(Instant now);
    std::chrono::milliseconds pause() const;
    std::chrono::milliseconds drift_pause() const;

    Roster& roster_;
    RoomSpeaker& speaker_;
    RoomAudience& audience_;
    /// In the order in which it began.
    std::vector<std::pair<UserId, Kind>> waiting_;
    std::vector<UserId> drifting_;
    Instant told_{};
    Instant drift_told_{};
};

}  // namespace syncwatch
