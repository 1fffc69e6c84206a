#include "adapters/notify/secret_lines.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

namespace syncwatch::notify {
namespace {

/// Whatever is longer is something else.
constexpr std::size_t kLongestSecretFile = std::size_t{16} * 1024;

std::string trimmed(const std::string& line) {
    constexpr const char* kSpaces = " \t\r";
    const std::size_t first = line.find_first_not_of(kSpaces);
    if (first == std::string::npos) return {};
    return line.substr(first, line.find_last_not_of(kSpaces) - first + 1);
}

/// What goes into a header, or an address, must not end it.
bool has_control(const std::string& text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
}

}  // namespace

Result<std::vector<std::string>> secret_lines(const std::string& file, std::size_t count) {
    std::ifstream in(file, std::ios::binary);
    std::vector<std::string> lines;
    std::string line;
    std::size_t read = 0;
    while (lines.size() < count && std::getline(in, line)) {
        read += line.size();
        if (read > kLongestSecretFile) break;
        line = trimmed(line);
        if (line.empty()) continue;
        if (has_control(line)) break;
        lines.push_back(line);
    }
    if (lines.size() == count) return lines;
    return fail(ErrorCode::NotFound, fmt::format("{} cannot be read, or has no {} line{} of text",
                                                 file, count, count == 1 ? "" : "s"));
}

}  // namespace syncwatch::notify
