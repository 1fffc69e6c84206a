#include "apps/node/breaker_metrics.h"

#include <vector>

#include "base/circuit_breaker.h"

namespace syncwatch::apps {

void write_breakers(metrics::Text& text, Powers& powers, Storage& storage) {
    std::vector<const CircuitBreaker*> breakers;
    if (powers.postgres != nullptr) breakers.push_back(&powers.postgres->breaker());
    if (storage.s3() != nullptr) breakers.push_back(&storage.breaker());
    if (storage.second() != nullptr && storage.second()->s3() != nullptr) {
        breakers.push_back(&storage.second()->breaker());
    }
    // Samples of one metric must follow one another.
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
