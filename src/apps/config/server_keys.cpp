#include "apps/config/key_sections.h"
#include "apps/config/takers.h"
#include "apps/config/values.h"

namespace syncwatch::config {
namespace {

constexpr Key kServerKeys[] = {
    {"server.listen", Kind::Text, "ADDRESS:PORT", "127.0.0.1:8080",
     "an address and a port, as in \"127.0.0.1:8080\" or \"[::]:443\"",
     "Where to listen. Off loopback the first account needs the one-time token that the start "
     "prints. Port 0 takes any free one.",
     [](Settings& s, Words w) {
         const auto read = parse_listen(w[0]);
         if (!read) return false;
         s.server.address = read->first;
         s.server.port = read->second;
         return true;
     }},
    {"server.public_url", Kind::Text, "URL", "",
     "scheme, host and perhaps a port, as in \"https://films.example\"",
     "How users reach this server, where a proxy hides it. Decides whether cookies are Secure and "
     "which Origin may write; other than loopback, the first account needs the setup token. By "
     "default what the browser says.",
     [](Settings& s, Words w) { return put(parse_origin(w[0]), s.server.public_url); }},
    {"server.trusted_proxies", Kind::List, "ADDRESS,…", "",
     "IP addresses, or networks as in \"10.0.0.0/8\"",
     "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.",
     [](Settings& s, Words w) { return take_all(w, is_network, s.server.trusted_proxies); }},
    {"server.threads", Kind::Number, "COUNT", "0", "a number from 0 to 256",
     "Threads that serve; each owns its rooms. 0: as many as the machine has cores.",
     [](Settings& s, Words w) { return put(parse_count(w[0], 0, 256), s.server.threads); }},
    {"server.max_connections", Kind::Number, "COUNT", "20000", "a number from 10 to 1000000",
     "Connections at once; over it, new ones wait until others leave.",
     [](Settings& s, Words w) {
         return put(parse_count(w[0], 10, 1'000'000), s.server.max_connections);
     }},
    {"data.dir", Kind::Text, "FOLDER", "", "the path of a folder",
     "Where the database, films and uploads are kept. By default /var/lib/syncwatch for root, "
     "$XDG_DATA_HOME/syncwatch or ~/.local/share/syncwatch for others.",
     [](Settings& s, Words w) { return take_text(w, s.data.dir); }},
};

}  // namespace

std::span<const Key> server_keys() {
    return kServerKeys;
}

}  // namespace syncwatch::config
