#include "apps/config/keys.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <optional>
#include <utility>

#include "apps/config/takers.h"
#include "apps/config/values.h"
#include "base/quantity.h"

namespace syncwatch::config {
namespace {

using Words = const std::vector<std::string>&;

/// Puts what was read where it belongs. False: nothing was read.
template <class Read, class To>
bool put(std::optional<Read> read, To& to) {
    if (!read) return false;
    to = static_cast<To>(*std::move(read));
    return true;
}

constexpr std::string_view kSpan = "a time, as in \"90s\", \"15m\", \"12h\" or \"30d\"";
constexpr std::string_view kSize = "a size, as in \"500MB\" or \"50GiB\"";
constexpr std::string_view kFlag = "true or false";
constexpr std::string_view kRate = "a rate, as in \"100 at once, 2/s\" (or /m, /h)";
constexpr std::string_view kAddresses = "IP addresses";
constexpr std::string_view kFile = "the path of a file";

constexpr Key kKeys[] =
    {
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
         "How users reach this server, where a proxy hides it. Decides whether cookies are Secure "
         "and "
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
         [](Settings& s, Words w) {
             s.data.dir = w[0];
             return !w[0].empty();
         }},
        {"database.url", Kind::Text, "URL", "",
         "sqlite: and the path of a file, or postgres://USER@HOST/DATABASE",
         "The database. By default sqlite:syncwatch.db in the data folder. PostgreSQL may have "
         "several "
         "hosts, as in postgres://syncwatch@db1,db2/syncwatch: the one that takes writes is found.",
         [](Settings& s, Words w) { return take_database(w[0], s); }},
        {"database.password", Kind::Text, "PASSWORD", "", "the password of the database's user",
         "For PostgreSQL. Its file is read again at each new connection.",
         [](Settings& s, Words w) {
             s.postgres.password = w[0];
             return !w[0].empty();
         },
         true},
        {"database.connections", Kind::Number, "COUNT", "8", "a number from 1 to 100",
         "Connections to PostgreSQL that this node keeps.",
         [](Settings& s, Words w) {
             return put(parse_count(w[0], 1, 100), s.postgres.connections);
         }},
        {"bus.url", Kind::Text, "URL", "memory:",
         "memory:, redis://HOST[:PORT], sentinel://HOST,HOST,HOST/MASTER, either with an s for TLS "
         "(rediss:, sentinels:), or postgres:",
         "What nodes talk through. One process needs nothing. Where the database is PostgreSQL it "
         "takes "
         "over when Redis is away; postgres: uses it alone.",
         [](Settings& s, Words w) { return take_bus(w[0], s); }},
        {"bus.password", Kind::Text, "PASSWORD", "", "the password of the user at Redis",
         "For Redis. A user is named in the URL, as in redis://syncwatch@host.",
         [](Settings& s, Words w) {
             s.bus.password = w[0];
             return !w[0].empty();
         },
         true},
        {"bus.sentinel_password", Kind::Text, "PASSWORD", "", "the password of the Sentinels",
         "For Sentinels that want one of their own.",
         [](Settings& s, Words w) {
             s.bus.sentinel_password = w[0];
             return !w[0].empty();
         },
         true},
        {"bus.ca_file", Kind::Text, "FILE", "", kFile,
         "Certificates (PEM) that TLS to Redis trusts; by default those of the system.",
         [](Settings& s, Words w) {
             s.bus.ca_file = w[0];
             return !w[0].empty();
         }},
        {"objects.url", Kind::Text, "URL", "",
         "file: and the path of a folder, or "
         "s3:https://HOST[:PORT]/BUCKET[/PREFIX][?region=R][&style=path|virtual][&ca=FILE]",
         "Where films are kept: a folder, by default file:objects in the data folder, or a bucket "
         "of "
         "any "
         "store that speaks S3. The bucket has to be there.",
         [](Settings& s, Words w) { return take_objects(w[0], s); }},
        {"objects.credentials_file", Kind::Text, "FILE", "", kFile,
         "Keys for S3: a file as AWS's tools have it (aws_access_key_id = …, aws_secret_access_key "
         "= "
         "…). "
         "Read again when it changes.",
         [](Settings& s, Words w) {
             s.s3.credentials_file = w[0];
             return !w[0].empty();
         }},
        {"objects.cache_size", Kind::Text, "SIZE", "10GiB", kSize,
         "Space in the data folder for objects of an S3 store that were read lately.",
         [](Settings& s, Words w) { return put(parse_size(w[0]), s.s3.cache_bytes); }},
        {"objects.redirect", Kind::Flag, "FLAG", "false", kFlag,
         "Whether players get segments from the S3 store itself, by addresses that are good for an "
         "hour "
         "at most. Browsers must reach it, and it must allow this site (CORS): docs/operations.md.",
         [](Settings& s, Words w) { return put(parse_flag(w[0]), s.s3.redirect); }},
        {"objects.second", Kind::Text, "URL", "",
         "file: and the path of a folder, or s3: as in objects.url; not the first store",
         "A second store: everything is copied into it in the background, and what is missing or "
         "damaged in the first is served from it and repaired. Several nodes need one that all "
         "reach.",
         [](Settings& s, Words w) { return take_second(w[0], s); }},
        {"objects.second_credentials_file", Kind::Text, "FILE", "", kFile,
         "Keys for the second store, as in objects.credentials_file.",
         [](Settings& s, Words w) {
             s.second.s3.credentials_file = w[0];
             return !w[0].empty();
         }},
        {"objects.copy_rate", Kind::Text, "SIZE", "100MB", kSize,
         "What each node copies into the second store in a second at most. 0: as fast as it goes.",
         [](Settings& s, Words w) { return put(parse_size(w[0]), s.second.copy_rate); }},
        {"objects.audit_rate", Kind::Text, "SIZE", "10MB", kSize,
         "What each node reads back from each store in a second at most, to see whether it is "
         "still "
         "whole. 0: as fast as it goes.",
         [](Settings& s, Words w) { return put(parse_size(w[0]), s.second.audit_rate); }},
        {"objects.audit_every", Kind::Text, "TIME", "30d", kSpan,
         "Everything is read back at least so often, as far as objects.audit_rate allows.",
         [](Settings& s, Words w) { return put(parse_span(w[0]), s.second.audit_every); }},
        {"recovery.plan", Kind::Text, "FILE", "", kFile,
         "The recovery plan: what is promised, what is backed up when and where. Without one the "
         "default plan holds, which `syncwatch plan show --as-file` prints.",
         [](Settings& s, Words w) {
             s.recovery.plan = w[0];
             return !w[0].empty();
         }},
        {"node.name", Kind::Text, "NAME", "",
         "1 to 64 letters, digits, dots, dashes or underscores",
         "What this node calls itself in logs, health and metrics. By default the machine's name.",
         [](Settings& s, Words w) { return put(parse_name(w[0]), s.node.name); }},

        {"log.level", Kind::Text, "LEVEL", "info", "debug, info, warning or error",
         "The least that is written.",
         [](Settings& s, Words w) { return put(parse_level(w[0]), s.log.level); }},
        {"log.format", Kind::Text, "FORMAT", "auto", "auto, human or json",
         "Lines for people or JSON for programs, on stderr. auto: for people on a terminal.",
         [](Settings& s, Words w) { return put(parse_format(w[0]), s.log.format); }},

        {"accounts.sign_up", Kind::Text, "POLICY", "open", "open, invitation or closed",
         "Who may make an account, once there is one. The first is always an admin's.",
         [](Settings& s, Words w) { return put(parse_sign_up(w[0]), s.accounts.sign_up); }},
        {"accounts.session", Kind::Text, "TIME", "30d", kSpan,
         "How long a sign-in lasts after its last use.",
         [](Settings& s, Words w) { return put(parse_span(w[0]), s.accounts.session); }},
        {"accounts.invitation", Kind::Text, "TIME", "7d", kSpan, "How long an invitation is good.",
         [](Settings& s, Words w) { return put(parse_span(w[0]), s.accounts.invitation); }},
        {"accounts.guests_may_upload", Kind::Flag, "FLAG", "false", kFlag,
         "Whether people without an account may upload films.",
         [](Settings& s, Words w) { return put(parse_flag(w[0]), s.accounts.guests_may_upload); }},
        {"accounts.guests_may_create_rooms", Kind::Flag, "FLAG", "false", kFlag,
         "Whether people without an account may make rooms.",
         [](Settings& s, Words w) {
             return put(parse_flag(w[0]), s.accounts.guests_may_create_rooms);
         }},

        {"limits.address", Kind::Text, "RATE", "2000 at once, 200/s", kRate,
         "Calls of the API from one address (an IPv6 /64 counts as one).",
         [](Settings& s, Words w) { return put(parse_rate(w[0]), s.limits.address); }},
        {"limits.account", Kind::Text, "RATE", "1000 at once, 100/s", kRate,
         "Calls of the API by one account or guest.",
         [](Settings& s, Words w) { return put(parse_rate(w[0]), s.limits.account); }},
        {"limits.sign_in", Kind::Text, "RATE", "100 at once, 2/s", kRate,
         "Sign-ups and sign-ins from one address. Wrong passwords lock out long before.",
         [](Settings& s, Words w) { return put(parse_rate(w[0]), s.limits.sign_in); }},
        {"limits.guest", Kind::Text, "RATE", "1500 at once, 20/s", kRate,
         "New guests from one address.",
         [](Settings& s, Words w) { return put(parse_rate(w[0]), s.limits.guest); }},
        {"limits.frames", Kind::Text, "RATE", "400 at once, 60/s", kRate,
         "Frames over one room socket. Who sends more is disconnected.",
         [](Settings& s, Words w) { return put(parse_rate(w[0]), s.limits.frames); }},
        {"limits.chat", Kind::Text, "RATE", "60 at once, 5/s", kRate,
         "Chat messages of one member of a room.",
         [](Settings& s, Words w) { return put(parse_rate(w[0]), s.limits.chat); }},
        {"limits.reactions", Kind::Text, "RATE", "30 at once, 5/s", kRate,
         "Reactions of one member of a room.",
         [](Settings& s, Words w) { return put(parse_rate(w[0]), s.limits.reactions); }},
        {"limits.commands", Kind::Text, "RATE", "60 at once, 10/s", kRate,
         "Plays, pauses, seeks, changes of the queue and the like of one member of a room.",
         [](Settings& s, Words w) { return put(parse_rate(w[0]), s.limits.commands); }},

        {"uploads.max_size", Kind::Text, "SIZE", "50GiB", kSize, "The largest film that is taken.",
         [](Settings& s, Words w) { return put(parse_size(w[0]), s.uploads.max_bytes); }},
        {"uploads.expire_after", Kind::Text, "TIME", "24h", kSpan,
         "An upload that nobody goes on with is removed after this.",
         [](Settings& s, Words w) { return put(parse_span(w[0]), s.uploads.expire_after); }},
        {"uploads.keep_free", Kind::Text, "SIZE", "1GiB", kSize,
         "Space on the disk that uploads and transcoding leave alone.",
         [](Settings& s, Words w) { return put(parse_size(w[0]), s.uploads.keep_free); }},

        {"media.work", Kind::Flag, "FLAG", "true", kFlag,
         "Whether this node transcodes. false: workers of their own do (syncwatch worker).",
         [](Settings& s, Words w) { return put(parse_flag(w[0]), s.media.work); }},
        {"media.keep_original", Kind::Flag, "FLAG", "true", kFlag,
         "Whether uploaded files are kept once they are transcoded, so that what is lost can be "
         "made "
         "again.",
         [](Settings& s, Words w) { return put(parse_flag(w[0]), s.media.keep_original); }},
        {"media.ffmpeg", Kind::Text, "PROGRAM", "ffmpeg", "the name or path of a program",
         "The ffmpeg to run.",
         [](Settings& s, Words w) {
             s.media.ffmpeg = w[0];
             return !w[0].empty();
         }},
        {"media.ffprobe", Kind::Text, "PROGRAM", "ffprobe", "the name or path of a program",
         "The ffprobe to run.",
         [](Settings& s, Words w) {
             s.media.ffprobe = w[0];
             return !w[0].empty();
         }},
        {"media.jobs", Kind::Number, "COUNT", "1", "a number from 1 to 64",
         "Films that are prepared at once. One uses all cores by itself.",
         [](Settings& s, Words w) { return put(parse_count(w[0], 1, 64), s.media.jobs); }},
        {"media.preset", Kind::Text, "PRESET", "auto",
         "auto, ultrafast, superfast, veryfast, faster, fast, medium, slow or slower",
         "How thoroughly pictures are compressed. auto takes the best that this machine can run "
         "well "
         "ahead of whoever watches meanwhile.",
         [](Settings& s, Words w) { return put(parse_preset(w[0]), s.media.preset); }},
        {"media.max_duration", Kind::Text, "TIME", "12h", kSpan, "The longest film that is taken.",
         [](Settings& s, Words w) { return put(parse_span(w[0]), s.media.max_duration); }},
        {"media.lease", Kind::Text, "TIME", "30s", "a time from \"3s\" to \"10m\"",
         "How long a film that is being prepared is kept for a worker of which nothing is heard. "
         "Then "
         "another one goes on with it.",
         [](Settings& s, Words w) { return put(parse_lease(w[0]), s.media.lease); }},
        {"media.part", Kind::Text, "TIME", "60s", kSpan,
         "How long the parts are that workers without a film of their own make of one that another "
         "prepares, where it has at least three. 0s: they do not help.",
         [](Settings& s, Words w) { return put(parse_span(w[0]), s.media.part); }},

        {"tls.cert", Kind::Text, "FILE", "", kFile,
         "Certificate chain (PEM): with it the server speaks HTTPS itself. Read again on SIGHUP.",
         [](Settings& s, Words w) {
             s.tls.cert = w[0];
             return !w[0].empty();
         }},
        {"tls.key", Kind::Text, "FILE", "", kFile, "The certificate's private key (PEM).",
         [](Settings& s, Words w) {
             s.tls.key = w[0];
             return !w[0].empty();
         }},
        {"web.dir", Kind::Text, "FOLDER", "", "the path of a folder",
         "A folder with a built web app to serve instead of the one inside the program.",
         [](Settings& s, Words w) {
             s.web.dir = w[0];
             return !w[0].empty();
         }},

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
         [](Settings& s, Words w) {
             s.ice.turn_secret = w[0];
             return !w[0].empty();
         },
         true},
        {"ice.lifetime", Kind::Text, "TIME", "12h", kSpan, "How long TURN credentials are good.",
         [](Settings& s, Words w) { return put(parse_span(w[0]), s.ice.lifetime); }},
};

}  // namespace

std::string Key::environment() const {
    std::string out = "SYNCWATCH_";
    for (const char c : name) {
        out += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return out;
}

std::string Key::flag() const {
    std::string out = "--";
    for (const char c : name) out += c == '.' || c == '_' ? '-' : c;
    return out;
}

std::span<const Key> keys() {
    return kKeys;
}

const Key* find_key(std::string_view name) {
    const auto* found = std::ranges::find(kKeys, name, &Key::name);
    return found == std::end(kKeys) ? nullptr : found;
}

const Key* find_secret_file(std::string_view name) {
    constexpr std::string_view kSuffix = "_file";
    if (!name.ends_with(kSuffix)) return nullptr;
    const Key* key = find_key(name.substr(0, name.size() - kSuffix.size()));
    return key != nullptr && key->secret ? key : nullptr;
}

}  // namespace syncwatch::config
