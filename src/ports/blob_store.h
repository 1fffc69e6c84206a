#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "base/digest.h"
#include "base/time.h"
#include "base/unique_fd.h"
#include "ports/source_file.h"

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

/// An object as a listing of its store has it.
struct ListedBlob {
    std::string key;
    std::uint64_t size = 0;
    WallTime stored_at{};  ///< By the store's clock.
};

/// Some of a listing.
struct BlobPage {
    std::vector<ListedBlob> all;
    std::string next;  ///< Where the next page begins; empty: this was the last.
};

/// The reason of a store that does not let us remove anything.
inline constexpr const char* kNoDelete = "no_delete";
/// The reason of two stores as one (HealingStore): the first has removed it, the second keeps it.
inline constexpr const char* kLeftBehind = "left_behind";

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
    /// `file` stays. Reads the file once, for its SHA-256. Errors: as put; NotFound (`file`).
    virtual Async<StoredBlob> put_file(std::string key, std::filesystem::path file) = 0;
    /// The same without reading it: for a film of many gigabytes whose SHA-256 the caller has, or
    /// asks for later. Gives its size.
    virtual Async<std::uint64_t> adopt_file(std::string key, std::filesystem::path file) = 0;
    /// Reads the whole object again: what the ledger must say of it. Errors: NotFound, Unavailable.
    virtual Async<StoredBlob> measure(std::string key) = 0;
    /// Errors: NotFound, Unavailable.
    virtual Async<OpenBlob> open(std::string key) = 0;
    /// What is kept nearby of the object is forgotten: the next open() asks the store itself.
    virtual Async<> refresh(std::string key) = 0;
    /// A file with the object's bytes, for programs that must be given a path (ffmpeg). Never
    /// written to; good until the object is removed. Errors: NotFound, Unavailable.
    virtual Async<std::filesystem::path> local_path(std::string key) = 0;
    /// The same for who reads little of a large object, and soon: its bytes may still come while it
    /// is read. Errors: NotFound, Unavailable.
    virtual Async<SourceFile> source_file(std::string key) {
        SW_CO_TRY(SourceFile whole, co_await local_path(std::move(key)));
        co_return whole;
    }
    /// Makes an earlier state of an object, of just these bytes, the one that is there, where the
    /// store keeps such: a bucket with versions. Errors: NotFound (it has none), Unavailable.
    virtual Async<> bring_back(StoredBlob object) {
        co_return fail(ErrorCode::NotFound, "no earlier " + object.key + " is kept");
    }
    /// Removes one object; absent is success. Errors, as of remove_all(): Conflict (reason
    /// kNoDelete: who we are there may not).
    virtual Async<> remove(std::string key) = 0;
    /// Removes everything under `prefix` + "/"; absent is success.
    virtual Async<> remove_all(std::string prefix) = 0;
    /// Keys under `prefix` + "/", sorted.
    virtual Async<std::vector<std::string>> list(std::string prefix) = 0;
    /// Some of the objects under `prefix` + "/", by the bytes of their keys: from the first one
    /// on, or from where a page before said. A listing may be older than its store: what it lacks
    /// may be there, and what it has may be gone. A page may be empty and yet not be the last.
    virtual Async<BlobPage> list_page(std::string prefix, std::string from) = 0;
    /// Asks the store itself, past whatever is kept nearby. Errors: NotFound (it is not there, for
    /// sure), Unavailable.
    virtual Async<std::uint64_t> size_of(std::string key) = 0;
    /// Bytes that can still be stored, as well as anybody knows.
    virtual Async<std::uint64_t> free_bytes() = 0;
};

}  // namespace syncwatch
