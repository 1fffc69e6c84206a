#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace syncwatch {

/// Text that may go anywhere, into a row or a header: UTF-8, in one line, of `most` bytes at most.
/// For what a program or a server somewhere said about an error.
std::string plain_line(std::string_view text, std::size_t most = 600);

}  // namespace syncwatch
