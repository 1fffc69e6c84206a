#pragma once
#include <filesystem>

namespace syncwatch::apps {

/// What lies below a folder and belongs to root is given to whoever the folder belongs to: a
/// service that runs as somebody else has to write to it. Of somebody who is not root nothing.
void give_to_owner(const std::filesystem::path& folder);

}  // namespace syncwatch::apps
