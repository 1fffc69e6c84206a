#pragma once
#include <span>
#include <string_view>

#include "gateway/static/assets.h"

namespace syncwatch::apps {

/// The web app's files inside this program, sorted by path; none if it was not built before.
std::span<const http::EmbeddedFile> web_files();

}  // namespace syncwatch::apps
