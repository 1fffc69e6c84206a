#include "apps/config/key_sections.h"
#include "apps/config/takers.h"
#include "apps/config/values.h"
#include "base/quantity.h"

namespace syncwatch::config {
namespace {

constexpr Key kWebKeys[] = {
    {"tls.cert", Kind::Text, "FILE", "", kFile,
     "Certificate chain (PEM): with it the server speaks HTTPS itself. Read again on SIGHUP.",
     [](Settings& s, Words w) { return take_text(w, s.tls.cert); }},
    {"tls.key", Kind::Text, "FILE", "", kFile, "The certificate's private key (PEM).",
     [](Settings& s, Words w) { return take_text(w, s.tls.key); }},
    {"web.dir", Kind::Text, "FOLDER", "", "the path of a folder",
     "A folder with a built web app to serve instead of the one inside the program.",
     [](Settings& s, Words w) { return take_text(w, s.web.dir); }},
    {"metrics.allow", Kind::List, "ADDRESS,…", "", kAddresses,
     "Addresses that may read /metrics, beside loopback.",
     [](Settings& s, Words w) { return take_all(w, is_address, s.metrics.allow); }},
    {"metrics.token", Kind::Text, "TOKEN", "", "at least 16 characters",
     "Lets in whoever sends it as a bearer token to /metrics.",
     [](Settings& s, Words w) {
         s.metrics.token = w[0];
         return w[0].size() >= 16;
     },
     true},
    {"ice.servers", Kind::List, "URL,…", "", "URLs that begin with stun:, turn: or turns:",
     "Servers that help voice through firewalls. Without any, browsers try to meet directly.",
     [](Settings& s, Words w) { return take_ice_servers(w, s.ice.servers); }},
    {"ice.turn_secret", Kind::Text, "SECRET", "", "the secret that the TURN servers know",
     "For time-limited TURN credentials (static-auth-secret of coturn).",
     [](Settings& s, Words w) { return take_text(w, s.ice.turn_secret); }, true},
    {"ice.lifetime", Kind::Text, "TIME", "12h", kSpan, "How long TURN credentials are good.",
     [](Settings& s, Words w) { return put(parse_span(w[0]), s.ice.lifetime); }},
};

}  // namespace

std::span<const Key> web_keys() {
    return kWebKeys;
}

}  // namespace syncwatch::config
