#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "apps/region/door.h"
#include "base/result.h"

namespace syncwatch::lab {

class Hands;

/// One machine's worth of servers: what is started, killed, hung and cut off as a whole.
struct Part {
    std::string name;                  ///< Within its region: "redis-1".
    std::string what;                  ///< For people: "Redis".
    std::string address;               ///< Where others reach it.
    std::vector<std::string> needs;    ///< Parts that are healthy before this one starts.
    std::vector<std::uint16_t> ports;  ///< That its own servers listen at.
    /// What its door passes on. Empty: it has none, and cannot be cut off.
    std::vector<Pipe> pipes;
    std::string why_no_door;  ///< For who wants to cut it off nevertheless.

    /// How long it may take to end in good order before it is killed. Nodes say good-bye to people
    /// for seven seconds, PostgreSQL writes what it holds.
    std::chrono::milliseconds ends_within = std::chrono::seconds(15);

    /// Makes what is missing and starts its servers. Errors: Unavailable, Timeout.
    std::function<Result<>(Hands&)> start;
    /// Asks it as others would. Gives what there is to say of it ("replica"). Errors: it is not
    /// healthy, and why.
    std::function<Result<std::string>()> look;
    /// Once it is healthy after a start: users, buckets, friends found. Null: nothing.
    std::function<Result<>(Hands&)> settle = nullptr;
    /// Processes of it that left the family of those it started. Null: none do.
    std::function<std::vector<pid_t>()> strays = nullptr;
};

}  // namespace syncwatch::lab
