// Paths behind a capability: what is taken names an object of the film and nothing else.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "domain/media/media_keys.h"
#include "gateway/media/media_path.h"

using namespace syncwatch;
using http::MediaPath;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto path = http::parse_media_path(text);
    if (!path) return 0;
    SW_ASSERT(path->name.find('/') == std::string::npos);
    SW_ASSERT(path->name.find("..") == std::string::npos);
    SW_ASSERT(path->edition >= 0 && path->number >= 0);
    if (path->kind == MediaPath::Kind::Segment) {
        const std::string key = segment_key({}, path->edition, path->stream, path->number);
        SW_ASSERT(key == video_prefix({}) + "/" + std::string(text));
    }
    if (path->kind == MediaPath::Kind::Init) {
        const std::string key = init_key({}, path->edition, path->stream, path->number);
        SW_ASSERT(key == video_prefix({}) + "/" + std::string(text));
    }
    return 0;
}
