#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/async/async.h"

namespace syncwatch {

/// Where backups are kept: a folder, or a bucket. Everything in it is created once and never
/// replaced; what is there is whole and durable, and what was cut off while it came is not there.
/// Names are as a BlobStore's keys; nothing lies under the name of an object. Several processes may
/// use one at a time, and all of it is safe from any thread.
///
/// Errors of all calls: InvalidInput (name), Unavailable (component "backup"; reason "disk_full",
/// "read_only" or "keys_refused" where that is why), Cancelled. NotFound is never said of a place
/// that is away: only of one that was asked and has no such object. All pass
/// tests/contract/backup_repository_contract.h.
class BackupRepository {
public:
    /// An object of a listing.
    struct Entry {
        std::string name;
        std::uint64_t size = 0;

        friend bool operator==(const Entry&, const Entry&) = default;
    };
    /// What read() gives at most.
    static constexpr std::uint64_t kMostRead = std::uint64_t{64} << 20;

    virtual ~BackupRepository() = default;

    /// Creates an object; the same bytes again are success, so that a call whose answer was lost
    /// can be repeated. Errors: Conflict (others are there; nothing was changed).
    virtual Async<> create(std::string name, std::string bytes) = 0;
    /// The same with the bytes of a file, of any size; the file stays. Gives its size. Errors: also
    /// NotFound (`file`).
    virtual Async<std::uint64_t> create_from(std::string name, std::filesystem::path file) = 0;
    /// Errors: NotFound, TooLarge (above kMostRead), Corrupt (where the place itself can tell).
    virtual Async<std::string> read(std::string name) = 0;
    /// Brings the object into a new file; on error there is none. Gives its size. Errors: NotFound,
    /// Conflict (`to` is there), InvalidInput (the folder of `to` is not), Corrupt (as read()).
    virtual Async<std::uint64_t> fetch(std::string name, std::filesystem::path to) = 0;
    /// What lies under `prefix` + "/", sorted by name; with "", everything.
    virtual Async<std::vector<Entry>> list(std::string prefix) = 0;
    /// The folders right under `prefix` + "/" that something lies in, by their own names, sorted:
    /// however much lies in them.
    virtual Async<std::vector<std::string>> folders(std::string prefix) = 0;
    /// Absent is success. Errors: Conflict (reason "no_delete": who we are here may not).
    virtual Async<> remove(std::string name) = 0;
    /// Where it is, for people; no secret is in it.
    virtual std::string place() const = 0;
};

}  // namespace syncwatch
