#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "ports/ice_provider.h"

namespace syncwatch {

/// STUN servers as they are, TURN servers with credentials of limited time, as coturn takes them
/// with use-auth-secret: the name is "EXPIRY:USER", the password an HMAC-SHA-1 of it.
class TurnIceProvider final : public IceProvider {
public:
    struct Options {
        std::vector<std::string> servers;  ///< "stun:…", "stuns:…", "turn:…", "turns:…"
        /// Shared with the TURN servers. Asked for each credential, so that a changed one needs no
        /// restart; from any thread.
        std::function<std::string()> secret = {};
        std::chrono::seconds lifetime = std::chrono::hours(12);
    };

    explicit TurnIceProvider(Options options) : options_(std::move(options)) {}

    IceServers servers_for(UserId user, WallTime now) const override;

private:
    const Options options_;
};

}  // namespace syncwatch
