#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/async/async.h"

namespace syncwatch {

/// A database that was brought back to be looked at and thrown away. Whoever visits it may change
/// it: everything else was looked at before.
struct RestoredDatabase {
    std::filesystem::path folder;  ///< For the visitor's own files, gone with it.
    std::filesystem::path file;    ///< Of SQLite. Empty: a PostgreSQL server runs on it,
    std::filesystem::path socket;  ///< with its socket in this folder, and lets everybody in.
    std::uint16_t port = 5432;
};

/// What somebody saw who used it.
struct Visit {
    std::vector<std::string> seen;    ///< Words for people: what went well, what was not tried.
    std::vector<std::string> faults;  ///< What is wrong with it, and what to do next.
    /// Films of it that do not play, which is no fault of the database's: what to do next.
    std::vector<std::string> films;
};

/// Uses what was brought back, as people would.
class RestoredVisitor {
public:
    virtual ~RestoredVisitor() = default;

    /// What is wrong is in the answer; an error is that nobody could try: Unavailable, Timeout,
    /// Cancelled.
    virtual Async<Visit> visit(RestoredDatabase database) = 0;
};

}  // namespace syncwatch
