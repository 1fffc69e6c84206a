#include "adapters/pgbackrest/information.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "adapters/pgbackrest/json_reader.h"

namespace syncwatch::pgbackrest {
namespace {

namespace json = boost::json;
using Backup = DatabaseBackups::Backup;

/// The codes of a repository's status (pgbackrest, command/info/info.c).
enum class Status : std::uint64_t {
    Good = 0,
    NoStanza = 1,
    NoBackup = 2,
    HalfMissing = 3,
    Mixed = 4,
    OtherDatabase = 5,
    NoSuchBackup = 6,
};

WallTime at_second(std::uint64_t since_epoch) {
    return WallTime(std::chrono::seconds(static_cast<std::int64_t>(since_epoch)));
}

std::optional<DatabaseBackups::Kind> kind_of(std::string_view type) {
    if (type == "full") return DatabaseBackups::Kind::Full;
    if (type == "diff") return DatabaseBackups::Kind::Differential;
    if (type == "incr") return DatabaseBackups::Kind::Incremental;
    return std::nullopt;
}

/// The database of that number, in "db".
const json::value& database_of(const json::value& stanza, std::uint64_t id) {
    static const json::value kNothing;
    if (const auto* const all = part(stanza, "db").if_array()) {
        for (const json::value& each : *all) {
            if (number_of(part(each, "id")) == id) return each;
        }
    }
    return kNothing;
}

std::optional<Backup> read_backup(const json::value& stanza, const json::value& said) {
    const auto kind = kind_of(text_of(part(said, "type")));
    const auto begins = wal::parse_lsn(text_of(part(part(said, "lsn"), "start")));
    const auto ends = wal::parse_lsn(text_of(part(part(said, "lsn"), "stop")));
    const auto segment = wal::Segment::parse(text_of(part(part(said, "archive"), "stop")));
    const json::value& database =
        database_of(stanza, number_of(part(part(said, "database"), "id")));
    Backup backup;
    backup.label = text_of(part(said, "label"));
    const std::uint64_t system_id = number_of(part(database, "system-id"));
    if (!kind || !begins || !ends || !segment || system_id == 0 || backup.label.empty()) {
        return std::nullopt;
    }
    backup.kind = *kind;
    if (const auto* const labels = part(said, "reference").if_array()) {
        for (const json::value& each : *labels) backup.stands_on.push_back(text_of(each));
    }
    backup.started = at_second(number_of(part(part(said, "timestamp"), "start")));
    backup.finished = at_second(number_of(part(part(said, "timestamp"), "stop")));
    backup.timeline = segment->timeline;
    backup.begins = *begins;
    backup.ends = *ends;
    const json::value& sizes = part(said, "info");
    backup.raw_bytes = number_of(part(sizes, "size"));
    backup.stored_bytes = number_of(part(part(sizes, "repository"), "delta"));
    backup.system_id = std::to_string(system_id);
    backup.server_version = text_of(part(database, "version"));
    backup.engine_version = text_of(part(part(said, "backrest"), "version"));
    backup.has_bad_pages = part(said, "error") == json::value(true);
    if (const auto* const words = part(said, "annotation").if_object()) {
        for (const auto& [name, value] : *words) {
            backup.annotations[std::string(name)] = text_of(value);
        }
    }
    return backup;
}

}  // namespace

Result<Information> read_information(std::string_view text) {
    boost::system::error_code error;
    const json::value document = json::parse({text.data(), text.size()}, error);
    const auto* const stanzas = document.if_array();
    if (error || stanzas == nullptr) {
        return fail(ErrorCode::Corrupt, "pgBackRest's information is no list");
    }
    Information known;
    if (stanzas->empty()) return known;
    const json::value& stanza = stanzas->front();
    const auto* const repositories = part(stanza, "repo").if_array();
    if (repositories == nullptr || repositories->size() != 1) {
        return fail(ErrorCode::Corrupt, "pgBackRest's information is not of one repository");
    }
    const json::value& said = part(repositories->front(), "status");
    if (!part(said, "code").is_number()) {
        return fail(ErrorCode::Corrupt, "pgBackRest says nothing of the repository's state");
    }
    const auto status = static_cast<Status>(number_of(part(said, "code")));
    std::string words = text_of(part(said, "message"));
    if (status == Status::NoStanza) return known;
    if (status == Status::HalfMissing) {
        return fail(ErrorCode::Corrupt, "half of the repository is not there: " + words);
    }
    if (status == Status::OtherDatabase) {
        return fail(ErrorCode::Conflict, "the repository is another database's: " + words,
                    "not_this_database");
    }
    const bool is_known =
        status == Status::Good || status == Status::NoBackup || status == Status::NoSuchBackup;
    if (!is_known) {
        std::ranges::replace(words, '\n', ' ');
        Error away;
        away.code = ErrorCode::Unavailable;
        away.component = "backup";
        away.reason = "repository_away";
        away.message = "the repository cannot be read: " + words;
        return fail(std::move(away));
    }
    known.is_prepared = true;
    const auto* const backups = part(stanza, "backup").if_array();
    if (backups == nullptr) return known;
    for (const json::value& each : *backups) {
        auto backup = read_backup(stanza, each);
        if (!backup) {
            return fail(ErrorCode::Corrupt, fmt::format("what pgBackRest says of {} is not whole",
                                                        text_of(part(each, "label"))));
        }
        known.backups.push_back(*std::move(backup));
    }
    return known;
}

}  // namespace syncwatch::pgbackrest
