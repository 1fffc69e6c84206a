#include "apps/node/listening.h"

#include <utility>

#include "base/log/log.h"

namespace syncwatch::apps {

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

void reload_certificate(TlsContext* tls) {
    if (tls == nullptr) return;
    const auto done = tls->reload();
    if (done) return log::info("tls.reloaded");
    log::error("tls.not_reloaded", {{"error", done.error().message}});
}

}  // namespace syncwatch::apps
