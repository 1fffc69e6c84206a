#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncwatch::postgres {

/// The payload of a NOTIFY is text of less than 8000 bytes, so messages travel in pieces, as
/// Base64. Bytes of a message in one of them:
inline constexpr std::size_t kChunkBytes = 5900;
/// The longest message.
inline constexpr std::size_t kMaxChunks = 256;

/// The payloads that carry message `number` of `sender`, to be sent in this order. Empty: the
/// message is too long.
std::vector<std::string> to_chunks(std::uint64_t sender, std::uint64_t number,
                                   std::string_view message);

/// Puts messages together again. Pieces of one sender come in order, those of several mixed.
class ChunkReader {
public:
    struct Limits {
        std::size_t max_senders = 64;                   ///< With a message that is not complete.
        std::size_t max_bytes = std::size_t{16} << 20;  ///< Of all that are not.
    };

    ChunkReader() : ChunkReader(Limits()) {}
    explicit ChunkReader(Limits limits) : limits_(limits) {}

    /// The message that `payload` makes whole; nullopt: none. What is not of ours is passed by;
    /// over a limit, what is not complete is forgotten.
    std::optional<std::string> take(std::string_view payload);

private:
    struct Partial {
        std::uint64_t number = 0;
        std::size_t next = 0;
        std::size_t count = 0;
        std::string bytes;
    };

    std::optional<std::string> add(Partial& partial, std::string_view piece);
    void keep_within_limits();

    const Limits limits_;
    std::map<std::uint64_t, Partial> partials_;
};

}  // namespace syncwatch::postgres
