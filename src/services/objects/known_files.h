#pragma once
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "ports/blob_store.h"

namespace syncwatch {

/// Files that were read whole and found to be what they should: as long as an object's file is
/// still the same one, not written to since, nobody has to read it again. Bounded: what was asked
/// for longest ago is forgotten. Safe from any thread.
class KnownFiles {
public:
    explicit KnownFiles(std::size_t most = 20'000) : most_(most) {}

    bool has(const std::string& key, const OpenBlob& blob);
    void add(const std::string& key, const OpenBlob& blob);

private:
    /// What tells a file from another one, and from itself after a change.
    struct Identity {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::uint64_t size = 0;
        std::int64_t written_ns = 0;
        bool operator==(const Identity&) const = default;
    };
    struct Known {
        Identity file;
        std::list<std::string>::iterator use;
    };
    static Identity identity_of(const OpenBlob& blob);

    const std::size_t most_;
    std::mutex mutex_;  // Guards what follows.
    std::unordered_map<std::string, Known> known_;
    std::list<std::string> uses_;  ///< Keys, the one asked for last in front.
};

}  // namespace syncwatch
