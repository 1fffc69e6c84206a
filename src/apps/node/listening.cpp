#include "apps/node/listening.h"

#include <utility>

#include "base/log/log.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;

/// As the doctor and the alerts have it.
constexpr auto kRenewBefore = 14 * 24h;
constexpr auto kSayEvery = 24h;

void warn_of_certificate(TlsContext& tls, WallTime now) {
    const WallTime end = tls.expires_at();
    if (end > now + kRenewBefore) return;
    const char* event = end > now ? "tls.certificate_ends_soon" : "tls.certificate_has_ended";
    log::warning(event, {{"until", format_rfc3339(end)}});
}

}  // namespace

http::Server::Options listen_options(const config::Settings& settings,
                                     std::shared_ptr<TlsContext> tls) {
    http::Server::Options options;
    options.address = settings.server.address;
    options.port = settings.server.port;
    options.max_connections = settings.server.max_connections;
    options.trusted_proxies = settings.server.trusted_proxies;
    options.tls = std::move(tls);
    return options;
}

Result<std::shared_ptr<TlsContext>> load_certificate(const config::Settings& settings) {
    std::shared_ptr<TlsContext> loaded;
    if (settings.tls.on()) {
        SW_TRY(loaded, TlsContext::load({settings.tls.cert, settings.tls.key}));
    }
    return loaded;
}

void reload_certificate(TlsContext* tls, const Clock& clock) {
    if (tls == nullptr) return;
    const auto done = tls->reload();
    if (!done) return log::error("tls.not_reloaded", {{"error", done.error().message}});
    log::info("tls.reloaded");
    warn_of_certificate(*tls, clock.wall());
}

net::awaitable<void> watch_certificate(std::shared_ptr<TlsContext> tls, Clock& clock) {
    while (tls != nullptr) {
        warn_of_certificate(*tls, clock.wall());
        co_await clock.sleep_until(clock.now() + kSayEvery);
    }
}

void write_certificate(metrics::Text& text, TlsContext* tls) {
    std::chrono::duration<double> end{0};
    if (tls != nullptr) end = tls->expires_at().time_since_epoch();
    text.gauge("syncwatch_certificate_end_time_seconds",
               "When the certificate of this process ends, since the Unix epoch; 0: without TLS.",
               end.count());
}

}  // namespace syncwatch::apps
