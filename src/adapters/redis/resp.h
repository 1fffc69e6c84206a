#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace syncwatch::redis {

/// One value of the Redis protocol, RESP 2 or 3. Numbers that are not whole, and the kinds that we
/// have no use for, are kept as their text; maps are lists of key, value, key, value.
/// Source: redis.io/docs/reference/protocol-spec.
struct Reply {
    enum class Kind : std::uint8_t { Text, Integer, Null, Error, List, Push };
    Kind kind = Kind::Null;
    std::string text;  ///< Of Text and Error: any bytes.
    std::int64_t integer = 0;
    std::vector<Reply> list = {};  ///< Of List and Push.

    bool is_error() const { return kind == Kind::Error; }
    /// The text of an element; empty: it is none, or there is no such element.
    std::string_view text_at(std::size_t index) const;
    bool operator==(const Reply&) const = default;
};

/// Makes replies of the bytes of a connection, however they are cut. What a server could fill our
/// memory or our stack with is refused.
class ReplyReader {
public:
    struct Limits {
        std::size_t max_bytes = std::size_t{4} << 20;  ///< Of one reply, as it is sent.
        std::size_t max_depth = 8;
        std::size_t max_elements = 65'536;  ///< Of one reply, at all depths.
    };

    ReplyReader() : ReplyReader(Limits()) {}
    explicit ReplyReader(Limits limits) : limits_(limits) {}

    void feed(std::string_view bytes) { buffer_ += bytes; }
    /// The next whole reply; nullopt: more bytes are needed. Errors: Corrupt; the connection is of
    /// no more use then.
    Result<std::optional<Reply>> next();

private:
    class Cursor;

    const Limits limits_;
    std::string buffer_;
    std::size_t read_ = 0;  ///< What of the buffer is done with.
    /// A long reply is not tried again for each piece of it: not before so many bytes are there.
    std::size_t needed_ = 0;
};

using Words = std::vector<std::string>;

/// A command as servers take it: an array of bulk strings.
std::string encode_command(const Words& words);

}  // namespace syncwatch::redis
