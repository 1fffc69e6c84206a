#pragma once
#include <filesystem>
#include <stdexcept>
#include <string>

#include "harness/process.h"

namespace syncwatch::harness {

/// What `age-keygen` says. Throws where it fails.
inline std::string age_keygen(const char* flag, const std::filesystem::path& file) {
    Process::Options run;
    run.command = {"age-keygen", flag, file.string()};
    Process process(run);
    if (process.wait() != 0) throw std::runtime_error("age-keygen: " + process.err());
    return process.out();
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
