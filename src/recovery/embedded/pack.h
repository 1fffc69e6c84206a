#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "recovery/embedded/piece.h"

namespace syncwatch::recovery {

/// Pieces of the log that follow one another, as one object: a line of words, a line of JSON, the
/// pieces as they were stored, and the SHA-256 of all that.
///
/// `pieces` are at least two, each as encode_piece() made it.
std::string encode_pack(const std::vector<std::string>& pieces);
/// Every piece is looked at, and that each follows the one before. Errors: Corrupt.
Result<std::vector<StoredPiece>> decode_pack(std::string_view bytes);

/// What the pack of these pieces is called, which follow one another.
PieceName pack_name(const std::vector<PieceName>& pieces);
PieceName pack_name(const std::vector<StoredPiece>& pieces);

}  // namespace syncwatch::recovery
