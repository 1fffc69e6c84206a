#pragma once
#include <string>
#include <string_view>

#include "ports/database_log.h"
#include "recovery/embedded/layout.h"

namespace syncwatch::recovery {

/// A piece of the log as it lies in a repository: a line of words, a line of JSON, the frames, and
/// the SHA-256 of all that.
struct StoredPiece {
    std::string generation;
    std::uint64_t number = 0;
    /// SHA-256 of the piece before, hexadecimal; of the first: empty. A piece that was replaced by
    /// another one, whole in itself, is seen by it.
    std::string previous;
    std::string digest;  ///< Its own.
    LogPiece log;

    PieceName name() const;
};

/// Fills in `digest`. Costs about 1 ns a byte.
std::string encode_piece(StoredPiece& piece);
/// Errors: Corrupt.
Result<StoredPiece> decode_piece(std::string_view bytes);

}  // namespace syncwatch::recovery
