#pragma once

namespace syncwatch::apps {

/// The version of this program, as in CMakeLists.txt: "0.1.0".
extern const char* const kVersion;

}  // namespace syncwatch::apps
