#pragma once
#include <vector>

#include "base/time.h"
#include "base/uuid.h"
#include "domain/room/ice_server.h"

namespace syncwatch {

struct IceServers {
    std::vector<IceServer> servers;
    WallTime expires_at{};  ///< Ask again before.
};

/// Hands out servers that help browsers reach one another, with credentials of limited time.
/// Safe from any thread; never waits.
class IceProvider {
public:
    virtual ~IceProvider() = default;
    virtual IceServers servers_for(UserId user, WallTime now) const = 0;
};

}  // namespace syncwatch
