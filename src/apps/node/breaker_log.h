#pragma once
#include "base/circuit_breaker.h"

namespace syncwatch::apps {

/// Logs that `component`, a string literal, does not answer any more, and that it does again.
void log_breaker(std::string_view component, bool open, const CircuitBreaker::Status& status);

}  // namespace syncwatch::apps
