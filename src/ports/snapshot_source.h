#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/async/async.h"
#include "base/time.h"

namespace syncwatch {

/// Something whose whole state can be taken as one file, at one moment, and looked at again: Redis,
/// the configuration, the secrets. It knows nothing of where such files are kept.
///
/// Errors of all calls: Unavailable (what it is taken from does not answer, a tool is missing, no
/// space), Timeout, Cancelled.
class SnapshotSource {
public:
    /// How much of what is there, by name: keys, files, rows.
    using Counts = std::map<std::string, std::uint64_t>;

    /// What is known of a snapshot when it was taken.
    struct Facts {
        WallTime moment{};      ///< What is in it is as of this; nothing in it is of later.
        std::string system_id;  ///< Which one it is of, in its own words; a restore is held to it.
        std::string engine;     ///< What made it: "redis-cli".
        std::string engine_version;
        std::string position;     ///< Where it ends, in its own words; empty: it has none.
        std::uint64_t bytes = 0;  ///< Before it was compressed or encrypted.
        Counts counts;
    };

    virtual ~SnapshotSource() = default;

    /// The name that the file has in a repository: "dump.rdb", "config.tar.age".
    virtual std::string file_name() const = 0;
    /// What tells the state that take() would find from another, and costs little: the `position`
    /// of a snapshot that was taken of it. Empty: it is always worth a new one.
    virtual Async<std::string> fingerprint() { co_return std::string(); }
    /// Takes one into a new file; on error there is none.
    virtual Async<Facts> take(std::filesystem::path into) = 0;
    /// Looks whether a file is what take() makes, without a server. Errors: Corrupt (the message
    /// says what is wrong with it).
    virtual Async<Counts> inspect(std::filesystem::path file) = 0;
    /// Whether rehearse() can be done here: a key that is kept elsewhere is needed for some.
    virtual bool can_rehearse() const { return true; }
    /// Brings a file back for real, into something below `scratch` (an empty folder) that is thrown
    /// away, and looks at what came out. Errors: Corrupt, NotFound (what is needed for it is not
    /// here: a key, a program).
    virtual Async<Counts> rehearse(std::filesystem::path file, std::filesystem::path scratch) = 0;
};

}  // namespace syncwatch
