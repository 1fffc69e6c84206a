#pragma once
#include <cstdint>
#include <set>
#include <string>

#include "ports/backup_repository.h"

namespace syncwatch::recovery {

/// Brings what is shipped into one repository into a second one as well, so that either of them
/// alone brings the database back. What is there already is not read again; nothing is removed. One
/// call at a time.
class SecondPlace {
public:
    /// Both outlive it.
    SecondPlace(BackupRepository& from, BackupRepository& to, std::string cluster)
        : from_(from), to_(to), cluster_(std::move(cluster)) {}

    /// What came since the last call; gives how many bytes. Whatever it got is whole by itself: the
    /// log in its order, a copy's manifest after its parts. Errors: those of the repositories;
    /// Conflict (something else lies there under a name; all others were brought).
    Async<std::uint64_t> bring_new();

private:
    Async<std::uint64_t> bring_folder(std::string folder);
    Async<std::uint64_t> bring_log(std::string generation);
    Async<std::uint64_t> bring_copies(std::string generation);
    Async<std::uint64_t> bring_one(std::string name);

    BackupRepository& from_;
    BackupRepository& to_;
    const std::string cluster_;
    std::set<std::string> done_;  ///< Folders that nothing comes into any more, and that are there.
    Result<> conflict_;           ///< The first of this call.
};

}  // namespace syncwatch::recovery
