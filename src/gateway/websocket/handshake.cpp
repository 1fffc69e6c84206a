#include "gateway/websocket/handshake.h"

#include <algorithm>

#include "base/digest.h"
#include "base/encoding.h"

namespace syncwatch::websocket {

bool is_proper_handshake(std::string_view key, std::string_view version) {
    const auto bytes = decode_base64(key);
    return version == "13" && bytes && bytes->size() == 16;
}

std::string accept_key(std::string_view key) {
    Digest digest(Digest::Algorithm::Sha1);
    digest.update(as_bytes(key));
    digest.update(as_bytes("258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    return encode_base64(digest.finish());
}

std::string accept_response(std::string_view key, std::string_view protocol) {
    std::string head =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        accept_key(key) + "\r\n";
    if (!protocol.empty()) head.append("Sec-WebSocket-Protocol: ").append(protocol).append("\r\n");
    return head + "\r\n";
}

bool offers_protocol(std::string_view list, std::string_view protocol) {
    while (!list.empty()) {
        std::string_view one = list.substr(0, list.find(','));
        list.remove_prefix(std::min(list.size(), one.size() + 1));
        while (one.starts_with(' ') || one.starts_with('\t')) one.remove_prefix(1);
        while (one.ends_with(' ') || one.ends_with('\t')) one.remove_suffix(1);
        if (one == protocol) return true;
    }
    return false;
}

}  // namespace syncwatch::websocket
