#pragma once

namespace syncwatch::apps {

/// The exit code that PostgreSQL is to see. wal-get ends with 1 only where the log ends: PostgreSQL
/// takes every code below 126 for that, and goes online with what it has
/// (postgres, src/backend/access/transam/xlogarchive.c). So whatever else becomes of it, a wrong
/// flag or a fault of ours, is 126.
int code_for_postgres(int argc, char** argv, int code);

}  // namespace syncwatch::apps
