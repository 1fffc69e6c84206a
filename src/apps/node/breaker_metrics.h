#pragma once
#include <span>

#include "base/circuit_breaker.h"
#include "gateway/metrics/text.h"

namespace syncwatch::apps {

/// Which components are asked now, under the breakers' names. All at once: samples of one metric
/// must follow one another.
void write_breakers(metrics::Text& text, std::span<const CircuitBreaker* const> breakers);

}  // namespace syncwatch::apps
