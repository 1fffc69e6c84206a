#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "base/digest.h"
#include "base/unique_fd.h"

namespace syncwatch {

/// A stored object, opened for reading. `fd` is positioned nowhere in particular: read with
/// offsets (pread, sendfile).
struct OpenBlob {
    UniqueFd fd;
    std::uint64_t size = 0;
};

struct StoredBlob {
    std::string key;
    std::uint64_t size = 0;
    Sha256Sum sha256{};
};

/// Named immutable objects: segments, playlists, posters, originals. Keys are relative paths of
/// `[A-Za-z0-9._-]` parts joined by '/', without "." or ".." parts; anything else: InvalidInput.
/// Embedded: local disk. Production: S3 behind a local cache.
/// All pass tests/contract/blob_store_contract.h.
class BlobStore {
public:
    virtual ~BlobStore() = default;

    /// Stores `bytes` under `key`, replacing what was there; durable when it returns.
    /// Errors: Unavailable (component "objects"; also when the disk is full), InvalidInput (key).
    virtual Async<StoredBlob> put(std::string key, std::string bytes) = 0;
    /// Moves a finished file into the store; durable when it returns, and `file` is gone. On error
    /// `file` stays.
    virtual Async<StoredBlob> put_file(std::string key, std::filesystem::path file) = 0;
    /// Errors: NotFound, Unavailable.
    virtual Async<OpenBlob> open(std::string key) = 0;
    /// Removes one object; absent is success.
    virtual Async<> remove(std::string key) = 0;
    /// Removes everything under `prefix` + "/"; absent is success.
    virtual Async<> remove_all(std::string prefix) = 0;
    /// Keys under `prefix` + "/", sorted.
    virtual Async<std::vector<std::string>> list(std::string prefix) = 0;
    /// Bytes that can still be stored, as well as anybody knows.
    virtual Async<std::uint64_t> free_bytes() = 0;
};

}  // namespace syncwatch
