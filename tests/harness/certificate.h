#pragma once
#include <filesystem>

namespace syncwatch::harness {

/// A self-signed certificate for localhost and 127.0.0.1, and its key, as PEM files.
struct Certificate {
    std::filesystem::path certificate;
    std::filesystem::path key;
};

/// Makes a new one in `folder`, replacing what was there. `name` goes into its subject.
Certificate make_certificate(const std::filesystem::path& folder, const char* name = "localhost");

}  // namespace syncwatch::harness
