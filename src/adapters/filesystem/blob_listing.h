#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/blob_store.h"

namespace syncwatch::filesystem {

/// A page of the objects in the folder `root` under `prefix` + "/", those with a key behind `from`.
/// Reads the folders that lead to where the page begins again for each, and keeps nothing: memory
/// is that of the names in one folder. Blocking. Errors: Unavailable.
Result<BlobPage> list_blobs(const std::filesystem::path& root, const std::string& prefix,
                            std::string_view from);

}  // namespace syncwatch::filesystem
