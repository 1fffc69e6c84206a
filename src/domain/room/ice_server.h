#pragma once
#include <string>
#include <vector>

namespace syncwatch {

/// A server that helps browsers reach one another: one entry of RTCConfiguration.iceServers.
struct IceServer {
    std::vector<std::string> urls;  ///< "stun:…", "turn:…", "turns:…"
    std::string username;           ///< Empty for STUN.
    std::string credential;
    bool operator==(const IceServer&) const = default;
};

}  // namespace syncwatch
