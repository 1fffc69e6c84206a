#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace syncwatch::pg_stream {

/// Bytes as they lie in a repository: compressed by zstd, behind a frame that zstd skips and that
/// holds their SHA-256 (RFC 8878, 3.1.2). `zstd -d` reads it, where there is no program of ours.
/// Cost: about 4 ns a byte.
std::string seal(std::string_view raw);

/// What was sealed, `most` bytes at most. Errors: Corrupt (it is not what was sealed).
Result<std::string> unseal(std::string_view sealed, std::size_t most);

/// The SHA-256 that stands in front, in hexadecimal, without a look at the rest. Errors: Corrupt.
Result<std::string> sum_of(std::string_view sealed);

}  // namespace syncwatch::pg_stream
