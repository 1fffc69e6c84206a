#pragma once
#include <cstdlib>
#include <string_view>

namespace syncwatch::harness {

/// Whether tests that take long are wanted, too: scripts/test.sh --long.
inline bool is_long_run() {
    const char* const said = std::getenv("SYNCWATCH_LONG_TESTS");
    return said != nullptr && std::string_view(said) == "yes";
}

}  // namespace syncwatch::harness
