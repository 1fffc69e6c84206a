#pragma once
#include <string>
#include <vector>

#include "base/time.h"
#include "base/uuid.h"

namespace syncwatch {

/// One entry of RTCConfiguration.iceServers.
struct IceServer {
    std::vector<std::string> urls;  ///< "stun:…", "turn:…", "turns:…"
    std::string username;           ///< Empty for STUN.
    std::string credential;
};

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
