#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/websocket/frame.h"

namespace syncwatch::websocket {

/// What a client did that ends its connection.
enum class Violation : std::uint8_t {
    Protocol,  ///< RFC 6455 broken: close 1002.
    Binary,    ///< A binary message, where only text is spoken.
    TooLarge,  ///< A message over the limit.
    NotUtf8,   ///< A text message that is no UTF-8.
};

/// Hears what a decoder found. Views are valid during the call.
class DecoderEvents {
public:
    virtual ~DecoderEvents() = default;
    /// One whole text message. False: stop decoding (the connection is done for).
    virtual bool on_text(std::string_view message) = 0;
    virtual void on_ping(std::string_view payload) = 0;
    virtual void on_pong(std::string_view payload) = 0;
    /// nullopt: a close frame without a code.
    virtual void on_close(std::optional<std::uint16_t> code, std::string_view reason) = 0;
};

/// Takes a client's bytes apart (RFC 6455, 5): masked frames, fragments, control frames in between,
/// strict about all of it. A frame that is whole in the buffer is unmasked where it lies; only an
/// incomplete one is copied.
class Decoder {
public:
    explicit Decoder(std::size_t max_message) : max_message_(max_message) {}

    /// Decodes `bytes` (which it scribbles on). After a violation, or a close, or when on_text said
    /// stop, nothing more is decoded.
    std::optional<Violation> feed(std::span<char> bytes, DecoderEvents& events);

private:
    enum class Step : std::uint8_t { Frame, NeedMore, Stop };
    struct Header {
        Opcode opcode;
        bool final;
        std::size_t size;  ///< Of the header itself.
        std::uint64_t payload;
        const char* mask;
    };

    std::optional<Violation> decode(std::span<char>& bytes, DecoderEvents& events);
    std::optional<Violation> parse_header(std::span<const char> bytes, std::optional<Header>& out);
    std::optional<Violation> check(const Header& header) const;
    std::optional<Violation> data_frame(const Header& header, std::string_view payload,
                                        DecoderEvents& events);
    std::optional<Violation> control_frame(const Header& header, std::string_view payload,
                                           DecoderEvents& events);

    const std::size_t max_message_;
    std::string incomplete_;  ///< The beginning of a frame whose rest has not come.
    std::string message_;     ///< The fragments so far.
    bool in_message_ = false;
    bool stopped_ = false;
};

}  // namespace syncwatch::websocket
