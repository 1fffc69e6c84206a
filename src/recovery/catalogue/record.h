#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "base/uuid.h"
#include "recovery/window/window.h"

/// What is known of backups: values of the catalogue. docs/recovery/catalogue.md describes them for
/// people.
namespace syncwatch::recovery {

using BackupId = Id<struct BackupTag>;  ///< Of version 7: later ones sort later.

enum class BackupKind : std::uint8_t {
    Full,
    Differential,  ///< Against a full one.
    Incremental,   ///< Against any other.
    Log,           ///< What happened between two moments, to be replayed on another.
    Snapshot,      ///< Everything at one moment, which nothing else stands on.
};
/// "full", "diff", "incr", "log", "snapshot".
std::string_view word(BackupKind kind);
std::optional<BackupKind> parse_backup_kind(std::string_view word);

/// The record before in a component's chain.
struct ChainLink {
    BackupId id;
    std::string hash;  ///< Of its text, as StoredRecord has it.

    bool operator==(const ChainLink&) const = default;
};

/// One backup that is complete. Its bytes are in the repository, or where the component's own
/// engine keeps them.
struct BackupRecord {
    BackupId id;
    std::string component;  ///< "pg", "sqlite", "redis", …: lower-case letters, digits, dashes.
    BackupKind kind = BackupKind::Full;
    /// Of a log: what it goes on from; any one of them will do. Of all others: what they cannot be
    /// restored without, logs that were written meanwhile among them.
    std::vector<BackupId> parents;
    WallTime started{};  ///< Of the clock of the node that made it, to the millisecond.
    WallTime finished{};
    std::string node;
    std::string system_id;  ///< Which database this is of, in its engine's own words.
    std::string engine;     ///< What made it: "pgbackrest".
    std::string engine_version;
    std::string position;  ///< Where it ends, in the component's own words: "2/0/5000128".
    std::uint64_t raw_bytes = 0;
    std::uint64_t stored_bytes = 0;
    std::string
        root;  ///< SHA-256 over all that is stored, in hexadecimal, as its engine defines it.
    std::string schema_version;
    std::string app_version;
    std::map<std::string, std::uint64_t> counts;  ///< Rows by table, keys, objects.
    /// The moments that it can bring back with its parents alone: one, or for a log all that it
    /// spans.
    Window window;
    std::map<std::string, std::string> annotations;
    std::optional<ChainLink> previous;  ///< nullopt: it was the component's first.

    bool operator==(const BackupRecord&) const = default;
};

/// A record as it lies in a repository.
struct StoredRecord {
    BackupRecord record;
    std::string hash;  ///< SHA-256 of its content, in hexadecimal.

    bool operator==(const StoredRecord&) const = default;
};

/// How thoroughly a backup was looked at.
enum class VerifyLevel : std::uint8_t {
    Checksums,  ///< Its bytes are those that were written.
    Structure,  ///< They are what they should be, as their engine tells.
    Restore,    ///< It was restored, and what came out was looked at.
};
/// "checksums", "structure", "restore".
std::string_view word(VerifyLevel level);
std::optional<VerifyLevel> parse_verify_level(std::string_view word);

/// The outcome of one look at a backup.
struct Verification {
    BackupId backup;
    WallTime at{};
    VerifyLevel level = VerifyLevel::Checksums;
    bool sound = false;
    std::string words;  ///< What was found; of a sound one perhaps nothing.
    std::chrono::milliseconds took{0};
    std::uint64_t bytes = 0;  ///< That were read.
    std::map<std::string, std::uint64_t> counts;

    bool operator==(const Verification&) const = default;
};

/// A look found films that do not play. It counts them, and is sound all the same: the database
/// that came back is, and the object stores are not.
inline constexpr const char* kDamagedFilms = "canary.films_damaged";
inline bool has_damaged_films(const Verification& look) {
    return look.counts.contains(kDamagedFilms);
}

/// That a backup is to stay, whatever its age, or need not any more: the newest word counts.
struct Pin {
    BackupId backup;
    WallTime at{};
    bool pinned = true;
    std::string why;

    bool operator==(const Pin&) const = default;
};

/// That somebody did what the plan says to do about a loss, and how long it took them: from the
/// loss until all was seen to be right.
struct CarriedOut {
    std::string procedure;  ///< As the document of the plan calls it: "database-lost".
    WallTime at{};          ///< Its end.
    std::chrono::milliseconds took{0};
    std::string by;      ///< The machine on which it was written down.
    std::string remark;  ///< "a drill, 243 MB".

    bool operator==(const CarriedOut&) const = default;
};

/// Backups that were expired, so that nobody takes them for lost.
struct ExpiryNote {
    WallTime at{};
    std::string component;
    std::vector<ChainLink> gone;

    bool operator==(const ExpiryNote&) const = default;
};

}  // namespace syncwatch::recovery
