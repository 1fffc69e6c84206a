#pragma once
#include <cstdint>
#include <filesystem>

namespace syncwatch::harness {

/// A self-signed certificate for localhost and 127.0.0.1, and its key, as PEM files.
struct Certificate {
    std::filesystem::path certificate;
    std::filesystem::path key;
};

enum class Validity : std::uint8_t { Current, Expired };

/// Makes a new one in `folder`, replacing what was there. `name` goes into its subject.
Certificate make_certificate(const std::filesystem::path& folder, const char* name = "localhost",
                             Validity validity = Validity::Current);

}  // namespace syncwatch::harness
