#pragma once
#include <string>
#include <string_view>

#include "base/encoding.h"
#include "base/result.h"

namespace syncwatch {

/// A digest of something that has passwords in it, for places where others may read it: each guess
/// at what it is of takes a tenth of a second and 64 MiB (Argon2id). The same text gives the same
/// one for the same `purpose`. In hexadecimal, 64 letters. Blocks. Errors: Unavailable (no memory).
Result<std::string> slow_digest(std::string_view purpose, ByteView of);

}  // namespace syncwatch
