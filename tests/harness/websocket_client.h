#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "harness/client_stream.h"
#include "harness/http_client.h"

namespace syncwatch::harness {

/// A blocking WebSocket client of the room protocol.
class WebSocketClient {
public:
    /// Upgrades on `path`; see refusal() when the server would not.
    WebSocketClient(const ClientStream::Options& options, std::string_view path);

    bool is_open() const { return open_; }
    /// The answer to an upgrade that was refused.
    const HttpAnswer& refusal() const { return refusal_; }
    /// From the server's close frame; nullopt while it has sent none.
    std::optional<std::uint16_t> close_code() const { return close_code_; }

    bool send(const boost::json::value& frame);
    bool send_text(std::string_view text);
    /// Any frame, masked: for sending what is not right.
    bool send_frame(std::uint8_t first_byte, std::string_view payload);
    /// The next text message; nullopt when the server closed or `patience` passed.
    std::optional<std::string> receive(
        std::chrono::milliseconds patience = std::chrono::seconds(15));
    /// The next message whose "type" is `type`; others are passed by. Null when none came.
    boost::json::value receive_type(std::string_view type,
                                    std::chrono::milliseconds patience = std::chrono::seconds(15));
    ClientStream& stream() { return *stream_; }

private:
    bool fill();
    std::optional<std::string> take_frame(std::uint8_t& opcode);

    std::unique_ptr<ClientStream> stream_;
    std::string buffer_;
    HttpAnswer refusal_;
    std::optional<std::uint16_t> close_code_;
    bool open_ = false;
};

}  // namespace syncwatch::harness
