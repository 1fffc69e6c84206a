#pragma once
#include <string>
#include <string_view>

#include "relay/fault_relay.h"

namespace syncwatch::relay {

/// Obeys one line of JSON, and answers with one: {"id":…,"ok":true} or
/// {"id":…,"ok":false,"error":…}.
///
///   {"do":"set","direction":"up|down|both",…}  what is not named stays as it is:
///       "delay_ms", "jitter_ms", "loss" (0 to 1), "pause_ms", "bytes_per_second" (0: no limit)
///   {"do":"cut","how":"reset"}                 until heal; "silent" may name a "direction"
///   {"do":"reset"}                             the connections there are
///   {"do":"half_open"}                         the target's side of them
///   {"do":"heal"}
///   {"do":"target","port":8081}
///   {"do":"stats"}                             answers with what went through
///
/// "id" is optional and comes back. "direction" is "both" if it is not named.
std::string obey(FaultRelay& relay, std::string_view line);

}  // namespace syncwatch::relay
