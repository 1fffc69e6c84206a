#pragma once
#include <chrono>
#include <cstdint>

#include "base/result.h"

namespace syncwatch::lab {

/// A port of loopback that nobody listened on a moment ago. Errors: Exhausted.
Result<std::uint16_t> free_port();

/// Whether nobody has this port of loopback, neither for TCP nor for UDP.
bool is_free(std::uint16_t port);

/// Whether somebody on loopback takes connections there.
bool is_open(std::uint16_t port);

/// Waits until it is_open(). Errors: Timeout.
Result<> wait_for_port(std::uint16_t port, std::chrono::milliseconds patience);

}  // namespace syncwatch::lab
