#pragma once
#include <memory>

#include "apps/config/settings.h"
#include "gateway/http/server.h"
#include "gateway/metrics/text.h"
#include "ports/clock.h"

namespace syncwatch::apps {

/// Where and how to listen, as the settings have it.
http::Server::Options listen_options(const config::Settings& settings,
                                     std::shared_ptr<TlsContext> tls);

/// nullptr: plain HTTP. Errors: those of TlsContext::load.
Result<std::shared_ptr<TlsContext>> load_certificate(const config::Settings& settings);
/// Reads the certificate again, if there is one; new connections get the new one.
void reload_certificate(TlsContext* tls, const Clock& clock);
/// Says in the log, once a day, that the certificate ends soon or has ended; until it is cancelled.
net::awaitable<void> watch_certificate(std::shared_ptr<TlsContext> tls, Clock& clock);
void write_certificate(metrics::Text& text, TlsContext* tls);

}  // namespace syncwatch::apps
