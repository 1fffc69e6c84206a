#pragma once
#include "base/circuit_breaker.h"
#include "gateway/metrics/text.h"

namespace syncwatch::apps {

/// Whether a component is asked now, under the breaker's name.
void write_breaker(metrics::Text& text, const CircuitBreaker& breaker);

}  // namespace syncwatch::apps
