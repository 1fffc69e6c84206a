#pragma once
#include <filesystem>
#include <string>

#include "base/result.h"

namespace syncwatch::sqlite {

/// How a database was set aside.
struct SetAside {
    bool was_there = false;
    /// Why its log could not be written into its file; empty: it was. Then the log stands beside
    /// the file as before, and the two belong together.
    std::string log_apart;
};

/// Gives a database that nobody has open another name, so that another one can stand in its place.
/// `to` is in the same folder, and nothing is there.
///
/// Its log is written into the file first, which then is all of it. Where that is impossible, as
/// the file is damaged, the log goes along. However this is cut off, all of the database is under
/// the old name or all of it under the new one, also if somebody opens the old name then; and no
/// log stays behind for another file under that name. Blocks. Errors: Conflict (reason
/// "database_in_use"; nothing was changed), Unavailable (component "disk").
Result<SetAside> set_aside(const std::filesystem::path& database, const std::filesystem::path& to);

}  // namespace syncwatch::sqlite
