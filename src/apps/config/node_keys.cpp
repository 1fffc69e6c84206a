#include "apps/config/key_sections.h"
#include "apps/config/takers.h"

namespace syncwatch::config {
namespace {

constexpr Key kNodeKeys[] = {
    {"recovery.plan", Kind::Text, "FILE", "", kFile,
     "The recovery plan: what is promised, what is backed up when and where. Without one the "
     "default plan holds, which `syncwatch plan show --as-file` prints.",
     [](Settings& s, Words w) { return take_text(w, s.recovery.plan); }},
    {"recovery.redis_url", Kind::Text, "URL", "",
     "redis://USER@HOST[:PORT] or sentinel://USER@HOST,HOST,HOST/MASTER, either with an s for TLS",
     "The Redis that is backed up, and as whom. By default none is: nodes keep nothing in the one "
     "that they talk through. Its authority is bus.ca_file, its Sentinels' password "
     "bus.sentinel_password.",
     [](Settings& s, Words w) { return take_redis(w[0], s); }},
    {"recovery.redis_password", Kind::Text, "PASSWORD", "", "the password of that user",
     "For recovery.redis_url.",
     [](Settings& s, Words w) { return take_text(w, s.recovery.redis_password); }, true},
    {"node.name", Kind::Text, "NAME", "", "1 to 64 letters, digits, dots, dashes or underscores",
     "What this node calls itself in logs, health and metrics. By default the machine's name.",
     [](Settings& s, Words w) { return put(parse_name(w[0]), s.node.name); }},
    {"log.level", Kind::Text, "LEVEL", "info", "debug, info, warning or error",
     "The least that is written.",
     [](Settings& s, Words w) { return put(parse_level(w[0]), s.log.level); }},
    {"log.format", Kind::Text, "FORMAT", "auto", "auto, human or json",
     "Lines for people or JSON for programs, on stderr. auto: for people on a terminal.",
     [](Settings& s, Words w) { return put(parse_format(w[0]), s.log.format); }},
};

}  // namespace

std::span<const Key> node_keys() {
    return kNodeKeys;
}

}  // namespace syncwatch::config
