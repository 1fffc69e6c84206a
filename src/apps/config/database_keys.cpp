#include "apps/config/key_sections.h"
#include "apps/config/takers.h"
#include "apps/config/values.h"

namespace syncwatch::config {
namespace {

constexpr Key kDatabaseKeys[] = {
    {"database.url", Kind::Text, "URL", "",
     "sqlite: and the path of a file, or postgres://USER@HOST/DATABASE",
     "The database. By default sqlite:syncwatch.db in the data folder. PostgreSQL may have several "
     "hosts, as in postgres://syncwatch@db1,db2/syncwatch: the one that takes writes is found.",
     [](Settings& s, Words w) { return take_database(w[0], s); }},
    {"database.password", Kind::Text, "PASSWORD", "", "the password of the database's user",
     "For PostgreSQL. Its file is read again at each new connection.",
     [](Settings& s, Words w) { return take_text(w, s.postgres.password); }, true},
    {"database.connections", Kind::Number, "COUNT", "8", "a number from 1 to 100",
     "Connections to PostgreSQL that this node keeps.",
     [](Settings& s, Words w) { return put(parse_count(w[0], 1, 100), s.postgres.connections); }},
    {"bus.url", Kind::Text, "URL", "memory:",
     "memory:, redis://HOST[:PORT], sentinel://HOST,HOST,HOST/MASTER, either with an s for TLS "
     "(rediss:, sentinels:), or postgres:",
     "What nodes talk through. One process needs nothing. Where the database is PostgreSQL it "
     "takes over when Redis is away; postgres: uses it alone.",
     [](Settings& s, Words w) { return take_bus(w[0], s); }},
    {"bus.password", Kind::Text, "PASSWORD", "", "the password of the user at Redis",
     "For Redis. A user is named in the URL, as in redis://syncwatch@host.",
     [](Settings& s, Words w) { return take_text(w, s.bus.password); }, true},
    {"bus.sentinel_password", Kind::Text, "PASSWORD", "", "the password of the Sentinels",
     "For Sentinels that want one of their own.",
     [](Settings& s, Words w) { return take_text(w, s.bus.sentinel_password); }, true},
    {"bus.ca_file", Kind::Text, "FILE", "", kFile,
     "Certificates (PEM) that TLS to Redis trusts; by default those of the system.",
     [](Settings& s, Words w) { return take_text(w, s.bus.ca_file); }},
};

}  // namespace

std::span<const Key> database_keys() {
    return kDatabaseKeys;
}

}  // namespace syncwatch::config
