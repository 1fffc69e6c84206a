#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "recovery/catalogue/names.h"
#include "recovery/catalogue/shelves.h"

namespace syncwatch::recovery {

/// The files of snapshots in the repositories: one to a backup, whose SHA-256 is its record's
/// `root`, and whose name is in its annotations.
///
/// Errors of all calls: Unavailable, Cancelled.
class SnapshotFiles {
public:
    /// The repositories outlive it. `pool` reads files.
    SnapshotFiles(RepositoryNames names, std::vector<Place> places, net::thread_pool& pool)
        : names_(std::move(names)), places_(std::move(places)), pool_(pool) {}

    const std::vector<Place>& places() const { return places_; }
    /// The annotation with the file's name.
    static constexpr const char* kFile = "file";

    struct Stored {
        std::uint64_t bytes = 0;
        std::string sha256;  ///< In hexadecimal, as in a record's `root`.
    };
    /// Puts a file where the bytes of `record` belong, in the first place that takes it: its record
    /// brings it to the other.
    Async<Stored> put(BackupRecord record, std::filesystem::path file);

    /// Brings the file of a backup from one place into a new file. Errors: NotFound (it is not
    /// there), Corrupt (it is not what was written), Conflict (`to` is there). On error there is
    /// none.
    Async<> fetch_from(std::size_t place, BackupRecord record, std::filesystem::path to);
    /// The same from the first place whose copy is what was written. Errors: as of the last.
    Async<> fetch(BackupRecord record, std::filesystem::path to);

    /// Whether the file at hand is the one that `record` is of. Errors: Corrupt, NotFound.
    Async<> check(BackupRecord record, std::filesystem::path file);

private:
    Result<std::string> name_of(const BackupRecord& record) const;
    Async<Stored> digest(std::filesystem::path file);

    const RepositoryNames names_;
    const std::vector<Place> places_;
    net::thread_pool& pool_;
};

}  // namespace syncwatch::recovery
