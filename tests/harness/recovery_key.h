#pragma once
#include <array>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace syncwatch::harness {

/// What `age-keygen` says. Throws where it fails.
inline std::string age_keygen(const char* flag, const std::filesystem::path& file) {
    const std::string command =
        std::string("age-keygen ") + flag + " '" + file.string() + "' 2>/dev/null";
    std::FILE* const pipe = ::popen(command.c_str(), "re");
    if (pipe == nullptr) throw std::runtime_error("age-keygen was not started");
    std::string said;
    std::array<char, 256> line{};
    while (std::fgets(line.data(), line.size(), pipe) != nullptr) said += line.data();
    if (::pclose(pipe) != 0) throw std::runtime_error("age-keygen failed for " + file.string());
    return said;
}

/// Makes the file of a new recovery key.
inline void make_recovery_key(const std::filesystem::path& file) {
    (void)age_keygen("-o", file);
}

/// The half of a recovery key that is in the plan.
inline std::string public_half(const std::filesystem::path& key) {
    const std::string said = age_keygen("-y", key);
    return said.substr(0, said.find('\n'));
}

}  // namespace syncwatch::harness
