#pragma once
#include <string>

#include "base/async/async.h"

namespace syncwatch {

/// Asks the server of an ICE URL whether it is there: a STUN binding request (RFC 8489) over UDP,
/// or a connection where the URL says TCP or TLS. Ends within a second and a half.
/// Errors: InvalidInput (no such URL), Unavailable (component "turn"; it does not answer).
Async<> probe_ice_server(std::string url);

}  // namespace syncwatch
