#include "apps/command/postgres_target.h"

#include <optional>
#include <string_view>

#include "base/time.h"

namespace syncwatch::apps {

using Target = DatabaseBackups::Target;

Outcome<Target> postgres_target(const std::string& text) {
    Target target;
    const auto rest = [&](std::string_view prefix) -> std::optional<std::string> {
        if (!text.starts_with(prefix) || text.size() == prefix.size()) return std::nullopt;
        return text.substr(prefix.size());
    };
    if (text == "latest") return target;
    if (text == "immediate") {
        target.kind = Target::Kind::Immediate;
        return target;
    }
    if (const auto moment = parse_rfc3339(text)) {
        target.kind = Target::Kind::Time;
        target.time = *moment;
        return target;
    }
    if (const auto place = rest("lsn:"); place && wal::parse_lsn(*place)) {
        target.kind = Target::Kind::Lsn;
        target.lsn = *wal::parse_lsn(*place);
        return target;
    }
    const auto number = rest("xid:");
    if (number && number->find_first_not_of("0123456789") == std::string::npos) {
        target.kind = Target::Kind::Transaction;
        target.word = *number;
        return target;
    }
    // What pgBackRest could not write into PostgreSQL's settings is no name.
    const auto name = rest("name:");
    if (name && name->find_first_of("'\"\\\n") == std::string::npos && name->size() < 64) {
        target.kind = Target::Kind::Name;
        target.word = *name;
        return target;
    }
    return give_up(Exit::Usage, "usage", "--to " + text + " is no target",
                   "latest, immediate, a moment with its zone (2026-11-29T16:00:00Z), "
                   "lsn:0/5000028, xid:1234, or name:RESTORE_POINT.");
}

std::string describe(const Target& target) {
    switch (target.kind) {
        case Target::Kind::Latest: return "the end of the log";
        case Target::Kind::Immediate: return "the end of the backup itself";
        case Target::Kind::Time: return format_rfc3339(target.time);
        case Target::Kind::Lsn: return "place " + wal::text(target.lsn) + " in the log";
        case Target::Kind::Transaction: return "transaction " + target.word;
        case Target::Kind::Name: break;
    }
    return "restore point " + target.word;
}

}  // namespace syncwatch::apps
