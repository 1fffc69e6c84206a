// The headers of tus, and the titles that come of them.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/assert.h"
#include "domain/media/title.h"
#include "protocol/tus/tus.h"

using namespace syncwatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view field(reinterpret_cast<const char*>(data), size);
    if (const auto metadata = tus::parse_metadata(field)) {
        for (const auto& [key, value] : *metadata) {
            SW_ASSERT(!key.empty());
            SW_ASSERT(valid_title(title_of_file(value)));
        }
    }
    if (const auto checksum = tus::parse_checksum(field)) {
        SW_ASSERT(checksum->sum.size() == 20 || checksum->sum.size() == 32);
    }
    if (const auto number = tus::parse_number(field)) SW_ASSERT(*number <= INT64_MAX);
    (void)tus::is_upload_type(field);
    SW_ASSERT(valid_title(title_of_file(field)));
    return 0;
}
