#pragma once
#include <chrono>
#include <filesystem>
#include <string>

#include "adapters/pgbackrest/engine.h"

namespace syncwatch::pgbackrest {

enum class Fetched : std::uint8_t { Found, Absent };

/// Brings a file of the log for a server that replays it. Absent is said only when every repository
/// answered and none has it, and no later piece of the same timeline is there: PostgreSQL takes it
/// for the end of the log. What was brought is compared with the sum in its name, which pgBackRest
/// does not do. `data` is the folder of the server that asks.
///
/// Tries again until `patience` is over. Errors: Unavailable, Timeout, Corrupt (every copy of it is
/// damaged, or it is a hole in the log), InvalidInput (the name is none of a file of the log).
Async<Fetched> fetch_log(const Engine& engine, std::filesystem::path data, std::string name,
                         std::filesystem::path to, std::chrono::milliseconds patience);

}  // namespace syncwatch::pgbackrest
