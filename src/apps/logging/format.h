#pragma once
#include <string>

#include "base/log/log.h"
#include "base/time.h"

namespace syncwatch::apps {

/// `2026-11-24 15:05:23.904 INFO  node.ready address=127.0.0.1 port=8080`, without the line's end.
/// What a field holds never breaks the line or moves the terminal's cursor.
std::string format_human(WallTime time, const log::Line& line, bool colours);

/// {"time":"2026-11-24T15:05:23.904Z","level":"info","event":"node.ready","trace_id":…,"request":…,…}
std::string format_json(WallTime time, const log::Line& line, const std::string& node);

}  // namespace syncwatch::apps
