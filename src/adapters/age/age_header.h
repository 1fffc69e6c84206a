#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace syncwatch::age {

/// What a file that age encrypted says of itself without any key (age-encryption.org/v1).
struct AgeHeader {
    std::size_t recipients = 0;  ///< Keys that open it.
    std::size_t bytes = 0;       ///< Of the header; what was encrypted follows.
};

/// No header is as long as this.
constexpr std::size_t kMostHeader = std::size_t{256} << 10;

/// Whether a file is age's, of the binary form: by its first bytes.
bool is_age_file(std::string_view start);
/// Reads the header from a file's first bytes, kMostHeader of them or all. Errors: Corrupt.
Result<AgeHeader> read_age_header(std::string_view start);
/// Whether a file of so many bytes can be whole behind this header. Errors: Corrupt.
Result<> check_size(const AgeHeader& header, std::uint64_t file_bytes);

}  // namespace syncwatch::age
