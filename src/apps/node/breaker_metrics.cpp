#include "apps/node/breaker_metrics.h"

namespace syncwatch::apps {

void write_breakers(metrics::Text& text, std::span<const CircuitBreaker* const> breakers) {
    for (const CircuitBreaker* each : breakers) {
        text.gauge("syncwatch_breaker_open",
                   "1 while a component is not asked because it does not answer.",
                   each->closed() ? 0 : 1, {{"component", each->name()}});
    }
    for (const CircuitBreaker* each : breakers) {
        text.counter("syncwatch_breaker_opened_total", "How often a component stopped answering.",
                     static_cast<double>(each->status().opened), {{"component", each->name()}});
    }
}

}  // namespace syncwatch::apps
