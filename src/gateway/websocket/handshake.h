#pragma once
#include <string>
#include <string_view>

namespace syncwatch::websocket {

/// True for a key of 16 bytes in base64 and version 13 (RFC 6455, 4.2.1).
bool is_proper_handshake(std::string_view key, std::string_view version);

/// Sec-WebSocket-Accept for a key (RFC 6455, 4.2.2).
std::string accept_key(std::string_view key);

/// The whole 101 answer. `protocol` empty: no subprotocol is named.
std::string accept_response(std::string_view key, std::string_view protocol);

/// True if a Sec-WebSocket-Protocol list offers `protocol`.
bool offers_protocol(std::string_view list, std::string_view protocol);

}  // namespace syncwatch::websocket
