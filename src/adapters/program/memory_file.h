#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace syncwatch::program {

/// A file in memory alone, without a name, to be read from its beginning: what is secret touches no
/// disk. What is written to it goes to its end, whoever writes. Errors: Unavailable.
Result<UniqueFd> memory_file(std::string_view bytes);

/// All of a file. Errors: Unavailable, TooLarge.
Result<std::string> read_whole(int fd, std::uint64_t most);

/// What is at the end of a file, at most so much.
std::string read_end(int fd, std::size_t most);

}  // namespace syncwatch::program
