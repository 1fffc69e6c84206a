#pragma once
#include <string>

#include "ports/blob_store.h"

namespace syncwatch {

/// Whether a store has an object of this key, or any under it. Errors: Unavailable.
Async<bool> has_any(BlobStore& store, std::string key);

/// Removes an object from the second store, or everything under a prefix. Errors: Conflict (reason
/// kLeftBehind: who we are there may not, and there is something), those of the store.
Async<> remove_from_second(BlobStore& second, std::string key);
Async<> remove_all_from_second(BlobStore& second, std::string prefix);

}  // namespace syncwatch
