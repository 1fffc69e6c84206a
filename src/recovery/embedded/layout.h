#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

/// Where the backup of an embedded database lies in a repository:
///
///   v1/cluster/CLUSTER/data/sqlite/GENERATION/log/THOUSAND/NUMBER.FIRST.UNTIL[.u]
///   v1/cluster/CLUSTER/data/sqlite/GENERATION/log/THOUSAND/NUMBER-LAST.FIRST.UNTIL
///   v1/cluster/CLUSTER/data/sqlite/GENERATION/base/BASE/part-NUMBER
///   v1/cluster/CLUSTER/data/sqlite/GENERATION/base/BASE/manifest.json
///
/// Within a generation the log is without gaps, as far as numbers go up by one. Times are µs since
/// the epoch, of the piece's first commit (0: none) and of the moment until which it is whole; "u"
/// says that times in it are unknown. What has a last number is a pack of all pieces from the one
/// to the other, in place of them. So a listing alone says what can be restored.
namespace syncwatch::recovery {

/// What the catalogue calls it.
inline constexpr std::string_view kEmbeddedComponent = "sqlite";

/// The folder of all generations.
std::string generations_folder(std::string_view cluster);

/// What the name of a piece, or of a pack of pieces, says.
struct PieceName {
    std::uint64_t number = 0;  ///< From 1. Of a pack: its first piece's.
    WallTime first{};          ///< Of the first commit that ends in it; zero: none does.
    WallTime whole_until{};
    bool times_unknown = false;
    std::uint64_t pack_to = 0;  ///< Of a pack: its last piece's number. 0: it is one piece.

    bool is_pack() const { return pack_to != 0; }
    std::uint64_t last() const { return is_pack() ? pack_to : number; }
    bool has_commits() const { return first != WallTime{}; }
    std::string text() const;
    /// In the generation's folder: "log/0000000/0000000042.…".
    std::string path() const { return folder() + "/" + text(); }
    /// Of a thousand pieces: little to list.
    std::string folder() const;
    /// Errors: InvalidInput (no such name).
    static Result<PieceName> parse(std::string_view text);

    friend bool operator==(const PieceName&, const PieceName&) = default;
};

std::string part_name(std::size_t number);
inline constexpr std::string_view kManifestName = "manifest.json";

}  // namespace syncwatch::recovery
