#pragma once
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace syncwatch {

/// A file's bytes; none: it is not there.
inline std::string contents_of(const std::filesystem::path& file) {
    std::ostringstream out;
    std::ifstream in(file, std::ios::binary);
    if (in.peek() != std::ifstream::traits_type::eof()) out << in.rdbuf();
    return out.str();
}

}  // namespace syncwatch
