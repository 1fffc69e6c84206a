// What a Redis server sends when it is asked for its data, cut in pieces; what it says of itself;
// and what redis-check-rdb says of a file that may hold any text.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/redis_backup/info.h"
#include "adapters/redis_backup/rdb_check.h"
#include "adapters/redis_backup/sync_reader.h"
#include "base/assert.h"

using namespace syncwatch;

namespace {

struct Received {
    std::string rdb;
    bool ended = false;
    bool refused = false;
    bool operator==(const Received&) const = default;
};

Received receive(std::string_view bytes, std::size_t piece) {
    redis::SyncReader reader;
    Received out;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        const auto part = reader.feed(bytes.substr(at, piece));
        out.refused = !part;
        if (!part) break;
        out.rdb += *part;
    }
    out.ended = reader.at() == redis::SyncReader::At::End;
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const Received whole = receive(bytes, size + 1);
    SW_ASSERT(whole == receive(bytes, 1 + size % 7));
    SW_ASSERT(whole.rdb.size() <= size);
    const redis::Info info(bytes);
    std::uint64_t keys = 0;
    for (const auto& [index, database] : info.databases()) keys += database.keys;
    SW_ASSERT(keys == info.keys());
    program::End end;
    end.code = 0;
    if (const auto facts = redis::read_report(bytes, end, size, size % 2 == 0)) {
        SW_ASSERT(facts->bytes == size && facts->counts().at("keys") == facts->keys);
    }
    return 0;
}
