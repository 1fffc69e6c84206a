// The reader of configuration files: whatever an operator wrote, it ends in settings or problems.
#include <cstdint>
#include <string_view>

#include "apps/config/load.h"
#include "base/assert.h"

using namespace syncwatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    config::Loaded loaded;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    config::read_toml(text, "fuzz.toml", loaded);
    for (const config::Problem& problem : loaded.problems) {
        SW_ASSERT(!problem.key.empty() || !problem.what.empty());
        SW_ASSERT(problem.where.starts_with("fuzz.toml, line "));
        SW_ASSERT(!problem.text().empty());
    }
    return 0;
}
