// What a Redis server says, cut in pieces; what nodes say over it; and the URL that leads there.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/linked_bus/envelope.h"
#include "adapters/redis/redis_url.h"
#include "adapters/redis/resp.h"
#include "base/assert.h"

using namespace syncwatch;

namespace {

/// All replies up to the first that is none, when the bytes come in pieces of `piece`.
std::vector<redis::Reply> read_all(std::string_view bytes, std::size_t piece) {
    redis::ReplyReader reader;
    std::vector<redis::Reply> replies;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        reader.feed(bytes.substr(at, piece));
        for (;;) {
            auto next = reader.next();
            if (!next) return replies;
            if (!*next) break;
            replies.push_back(**std::move(next));
        }
    }
    return replies;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto whole = read_all(bytes, size + 1);
    SW_ASSERT(whole == read_all(bytes, 1 + size % 7));
    if (const auto content = decode_envelope(bytes)) {
        if (const auto* message = std::get_if<BusMessage>(&*content)) {
            SW_ASSERT(encode(*message) == bytes);
        }
    }
    if (const auto address = redis::parse_redis_url(bytes)) {
        SW_ASSERT(!address->endpoints.empty() && address->endpoints.front().port != 0);
    }
    return 0;
}
