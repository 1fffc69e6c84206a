#include "apps/node/breaker_log.h"

#include "base/log/log.h"

namespace syncwatch::apps {

void log_breaker(std::string_view component, bool open, const CircuitBreaker::Status& status) {
    if (!open) return log::info("component.back", {{"component", component}});
    log::warning("component.away", {{"component", component}, {"error", status.why}});
}

}  // namespace syncwatch::apps
