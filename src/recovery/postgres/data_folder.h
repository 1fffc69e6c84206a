#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "domain/wal/segment.h"

namespace syncwatch::recovery {

/// What is where a database is to be brought back.
struct PgDataFolder {
    enum class State : std::uint8_t {
        Absent,
        Empty,
        Database,
        Broken,  ///< It was one: parts of it are there, and the part that says which is not.
        Other,
    };
    State state = State::Absent;
    std::string system_id;  ///< Of a Database.
    bool is_running = false;
    bool has_tablespaces = false;
    bool is_standby = false;  ///< It follows another server.
    std::string mark;         ///< Another one when anything has happened to it.

    bool is_free() const { return state == State::Absent || state == State::Empty; }
};
/// Errors: Unavailable (it cannot be looked at).
Result<PgDataFolder> look_at_data_folder(const std::filesystem::path& folder);

/// Puts `fresh` in the place of `folder`, which gets another name, and is not removed. Gives that
/// name; empty: there was nothing. Errors: Unavailable (names are as they were).
Result<std::filesystem::path> exchange_data_folder(const std::filesystem::path& fresh,
                                                   const std::filesystem::path& folder,
                                                   WallTime now);

/// Copies what the log of `from` has from `after` on, which no repository has, into the log of
/// `to`: PostgreSQL replays it after what it is brought. Gives how many pieces. Errors:
/// Unavailable.
Result<std::size_t> save_log(const std::filesystem::path& from, const std::filesystem::path& to,
                             std::uint32_t timeline, wal::Lsn after);

}  // namespace syncwatch::recovery
