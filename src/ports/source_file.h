#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <utility>

#include "base/async/async.h"

namespace syncwatch {

/// A file that is as large as the object it stands for, and holds what was read of it so far:
/// elsewhere it has holes, which read as zeros. The file is there as long as this is. Safe from any
/// thread.
class PartialFile {
public:
    virtual ~PartialFile() = default;
    virtual const std::filesystem::path& path() const = 0;
    virtual std::uint64_t size() const = 0;
    /// When it returns, these bytes are in the file; beyond its end there are none to bring.
    /// Errors: NotFound, Unavailable, Cancelled.
    virtual Async<> bring(std::uint64_t offset, std::uint64_t count) = 0;
};

/// A film's file for programs that must be given a path. Not explicit: a path alone is a file that
/// is all there.
struct SourceFile {
    SourceFile() = default;
    SourceFile(std::filesystem::path file) : path(std::move(file)) {}
    explicit SourceFile(std::shared_ptr<PartialFile> file)
        : path(file->path()), partial(std::move(file)) {}

    std::filesystem::path path;
    std::shared_ptr<PartialFile> partial;  ///< nullptr: it is all there.
};

}  // namespace syncwatch
