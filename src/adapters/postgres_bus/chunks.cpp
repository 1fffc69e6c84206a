#include "adapters/postgres_bus/chunks.h"

#include <algorithm>

#include "base/encoding.h"

namespace syncwatch::postgres {
namespace {

/// Sender, number, index and count.
constexpr std::size_t kHead = 8 + 8 + 2 + 2;
static_assert((kHead + kChunkBytes + 2) / 3 * 4 < 8000);

/// Big-endian.
void put(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>(value >> shift & 0xff));
    }
}

std::uint64_t get(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (const char each : bytes.substr(at, size)) {
        value = value << 8 | static_cast<std::uint8_t>(each);
    }
    return value;
}

}  // namespace

std::vector<std::string> to_chunks(std::uint64_t sender, std::uint64_t number,
                                   std::string_view message) {
    const std::size_t count =
        std::max<std::size_t>(1, (message.size() + kChunkBytes - 1) / kChunkBytes);
    std::vector<std::string> chunks;
    if (count > kMaxChunks) return chunks;
    for (std::size_t index = 0; index < count; ++index) {
        std::string bytes;
        put(bytes, sender, 8);
        put(bytes, number, 8);
        put(bytes, index, 2);
        put(bytes, count, 2);
        bytes += message.substr(index * kChunkBytes, kChunkBytes);
        chunks.push_back(encode_base64(as_bytes(bytes)));
    }
    return chunks;
}

std::optional<std::string> ChunkReader::take(std::string_view payload) {
    const auto decoded = decode_base64(payload);
    if (!decoded || decoded->size() < kHead) return std::nullopt;
    const std::string_view bytes(reinterpret_cast<const char*>(decoded->data()), decoded->size());
    const std::uint64_t sender = get(bytes, 0, 8);
    const std::uint64_t number = get(bytes, 8, 8);
    const std::size_t index = get(bytes, 16, 2);
    const std::size_t count = get(bytes, 18, 2);
    if (index >= count || count > kMaxChunks) return std::nullopt;
    Partial& partial = partials_[sender];
    if (index == 0) partial = Partial{number, 0, count, {}};
    const bool fits = partial.number == number && partial.next == index && partial.count == count;
    std::optional<std::string> whole;
    if (fits) whole = add(partial, bytes.substr(kHead));
    // Its beginning was lost, or it is complete.
    if (!fits || whole) partials_.erase(sender);
    keep_within_limits();
    return whole;
}

std::optional<std::string> ChunkReader::add(Partial& partial, std::string_view piece) {
    partial.bytes += piece;
    ++partial.next;
    if (partial.next < partial.count) return std::nullopt;
    return std::move(partial.bytes);
}

void ChunkReader::keep_within_limits() {
    std::size_t bytes = 0;
    for (const auto& [sender, partial] : partials_) bytes += partial.bytes.size();
    if (bytes > limits_.max_bytes || partials_.size() > limits_.max_senders) partials_.clear();
}

}  // namespace syncwatch::postgres
