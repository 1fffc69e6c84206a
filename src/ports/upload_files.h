#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "base/digest.h"
#include "base/uuid.h"

namespace syncwatch {

/// The right to append to one upload's file, until somebody else begins.
struct UploadWriter {
    UploadId id;
    std::uint64_t turn = 0;
};

/// A file whose every byte is there, durable.
struct FinishedUpload {
    std::filesystem::path file;  ///< For BlobStore::adopt_file.
    std::uint64_t size = 0;
    std::optional<Sha256Sum> sha256;  ///< nullopt: reading it all again would take too long now.
};

/// Films on their way in: files that grow. How much of one has arrived is what is stored, so an
/// upload goes on where it stopped, whoever was killed. One writer at a time: the newest.
/// NotFound has the reason "no_such_upload". All that write fail with Unavailable (component
/// "objects"; reason "disk_full": what was stored before stays).
/// Safe from any thread. All pass tests/contract/upload_files_contract.h.
class UploadFiles {
public:
    /// Provisional bytes do not count before accept(): a chunk whose checksum comes behind it.
    enum class Kind : std::uint8_t { Final, Provisional };

    /// How much should be appended at once: so many bytes, or what came in so long.
    struct Grain {
        std::size_t bytes = 0;
        std::chrono::milliseconds every{0};
    };

    virtual ~UploadFiles() = default;

    virtual Grain grain() const = 0;

    virtual Async<> create(UploadId id) = 0;
    /// Bytes that have arrived and count. Errors: NotFound.
    virtual Async<std::uint64_t> size(UploadId id) = 0;
    /// Becomes the one writer if the file ends at `offset`. An earlier writer is over.
    /// Errors: NotFound, Conflict (reason "wrong_offset": nothing changes, the earlier one goes
    /// on).
    virtual Async<UploadWriter> begin(UploadId id, std::uint64_t offset, Kind kind) = 0;
    /// Appends the first `count` bytes of `buffer`, which comes back to be filled again.
    /// Errors: Conflict (reason "taken_over": another writer began), NotFound.
    virtual Async<std::string> append(UploadWriter writer, std::string buffer,
                                      std::size_t count) = 0;
    /// What was appended provisionally counts from now on.
    virtual Async<> accept(UploadWriter writer) = 0;
    /// Takes back everything that was appended provisionally.
    virtual Async<> discard(UploadWriter writer) = 0;
    /// Makes the whole file durable; no writer from now on. May be called again.
    virtual Async<FinishedUpload> finish(UploadId id) = 0;
    /// Absent is success. A writer under way ends with NotFound.
    virtual Async<> remove(UploadId id) = 0;
    virtual Async<std::vector<UploadId>> list() = 0;
};

}  // namespace syncwatch
