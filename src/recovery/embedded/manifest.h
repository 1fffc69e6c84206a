#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace syncwatch::recovery {

/// A copy of the database's file, in parts, and what of the log belongs to it. While it was made
/// the file changed: it is a database only with the log from `from_piece` on until `whole_from`.
struct BaseManifest {
    struct Part {
        std::uint64_t bytes = 0;
        std::string sha256;  ///< Hexadecimal.
    };

    std::string generation;
    std::string base;  ///< Its id.
    WallTime begun{};
    WallTime whole_from{};         ///< The first moment it can be restored to.
    std::uint64_t from_piece = 0;  ///< Whose first frame is an epoch's first.
    std::uint64_t bytes = 0;
    std::uint32_t page_bytes = 0;
    int schema_version = 0;
    std::string sha256;  ///< Of the list of the parts' digests: of all of it.
    std::vector<Part> parts;

    std::uint64_t pages() const { return page_bytes == 0 ? 0 : bytes / page_bytes; }
    /// What `sha256` has to be.
    std::string digest_of_parts() const;
};

std::string encode_manifest(const BaseManifest& manifest);
/// Errors: Corrupt.
Result<BaseManifest> decode_manifest(std::string_view text);

}  // namespace syncwatch::recovery
