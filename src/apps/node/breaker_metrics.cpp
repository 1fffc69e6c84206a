#include "apps/node/breaker_metrics.h"

#include <string>

namespace syncwatch::apps {

void write_breaker(metrics::Text& text, const CircuitBreaker& breaker) {
    const CircuitBreaker::Status status = breaker.status();
    const std::string component(breaker.name());
    text.gauge("syncwatch_breaker_open",
               "1 while a component is not asked because it does not answer.",
               status.state == CircuitBreaker::State::Closed ? 0 : 1, {{"component", component}});
    text.counter("syncwatch_breaker_opened_total", "How often a component stopped answering.",
                 static_cast<double>(status.opened), {{"component", component}});
}

}  // namespace syncwatch::apps
