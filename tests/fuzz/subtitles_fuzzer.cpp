// Subtitles of any kind: what comes out is clean, and goes in again unchanged.
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/encoding.h"
#include "domain/media/subtitles/subtitles.h"

using namespace syncwatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file(reinterpret_cast<const char*>(data), size);
    const auto vtt = webvtt_from(file);
    if (!vtt) return 0;
    SW_ASSERT(is_utf8(*vtt));
    SW_ASSERT(vtt->find('\r') == std::string::npos);
    SW_ASSERT(vtt->find('\0') == std::string::npos);
    if (vtt->size() > kMaxSubtitleBytes) return 0;
    const auto again = webvtt_from(*vtt);
    SW_ASSERT(again);
    SW_ASSERT(*again == *vtt);
    return 0;
}
