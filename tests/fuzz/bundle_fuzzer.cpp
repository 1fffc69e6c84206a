// Bundles of an installation's files, and the header that age puts before them.
#include <cstdint>
#include <set>
#include <string_view>

#include "adapters/age/age_header.h"
#include "base/assert.h"
#include "recovery/bundle/bundle.h"
#include "recovery/bundle/tar.h"

using namespace syncwatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto header = age::read_age_header(bytes)) {
        SW_ASSERT(header->recipients > 0 && header->bytes <= size);
        (void)age::check_size(*header, size);
    }
    (void)recovery::read_manifest(bytes);
    if (const auto entries = recovery::read_tar(bytes)) {
        std::set<std::string> names;
        for (const recovery::TarEntry& each : *entries) {
            SW_ASSERT(recovery::is_safe_name(each.name) && names.insert(each.name).second);
            SW_ASSERT(each.bytes.size() < size);
        }
    }
    if (const auto bundle = recovery::unpack(bytes)) {
        SW_ASSERT(bundle->contents.size() == bundle->about.files.size());
        const auto again = recovery::pack(*bundle);
        SW_ASSERT(again.has_value());
        const auto same = recovery::unpack(*again);
        SW_ASSERT(same && *same == *bundle);
    }
    return 0;
}
