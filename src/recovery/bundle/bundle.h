#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "recovery/bundle/manifest.h"

namespace syncwatch::recovery {

/// The files of an installation and what is known of them.
struct Bundle {
    Manifest about;
    std::vector<std::string> contents;  ///< Of about.files, in their order.

    bool operator==(const Bundle&) const = default;
};

/// Adds a file; size and digest are filled in.
void add_file(Bundle& bundle, BundledFile about, std::string bytes);

/// A tar archive: the manifest first ("manifest.json"), then each file under "files" and its path,
/// so that tar alone brings them back where there is no program of ours. Errors: InvalidInput.
Result<std::string> pack(const Bundle& bundle);
/// Reads it, and compares each file with the manifest. Errors: Corrupt.
Result<Bundle> unpack(std::string_view archive);

}  // namespace syncwatch::recovery
