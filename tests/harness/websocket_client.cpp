#include "harness/websocket_client.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace syncwatch::harness {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kText = 0x1;
constexpr std::uint8_t kClose = 0x8;
constexpr std::uint8_t kPing = 0x9;
constexpr std::uint8_t kPong = 0xa;

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char each : bytes) value = value << 8 | static_cast<unsigned char>(each);
    return value;
}

}  // namespace

WebSocketClient::WebSocketClient(const ClientStream::Options& options, std::string_view path)
    : stream_(std::make_unique<ClientStream>(options)) {
    std::string head("GET ");
    head.append(path)
        .append(" HTTP/1.1\r\nHost: localhost:")
        .append(std::to_string(options.port))
        .append(
            "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: syncwatch.v1\r\n\r\n");
    if (!stream_->write(head)) return;
    std::size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
        if (!fill()) return;
    }
    const std::string answer = buffer_.substr(0, end + 4);
    buffer_.erase(0, end + 4);
    open_ = answer.starts_with("HTTP/1.1 101");
    if (open_) return;
    refusal_.status = std::stoi(answer.substr(9, 3));
    while ((buffer_.empty() || buffer_.back() != '}') && fill()) {
    }
    refusal_.body = buffer_;
}

bool WebSocketClient::fill() {
    const std::string piece = stream_->read();
    buffer_ += piece;
    return !piece.empty();
}

bool WebSocketClient::send(const json::value& frame) {
    return send_text(json::serialize(frame));
}

bool WebSocketClient::send_text(std::string_view text) {
    return send_frame(kFinal | kText, text);
}

bool WebSocketClient::send_frame(std::uint8_t first_byte, std::string_view payload) {
    std::string frame(1, static_cast<char>(first_byte));
    const auto push = [&frame](std::uint64_t value, int bytes) {
        for (int i = bytes - 1; i >= 0; --i) frame.push_back(static_cast<char>(value >> (8 * i)));
    };
    if (payload.size() < 126) {
        push(0x80 | payload.size(), 1);
    } else if (payload.size() < 65536) {
        push(0x80 | 126, 1);
        push(payload.size(), 2);
    } else {
        push(0x80 | 127, 1);
        push(payload.size(), 8);
    }
    const std::string mask = "\x12\x34\x56\x78";
    frame += mask;
    for (std::size_t i = 0; i < payload.size(); ++i) {
        frame.push_back(static_cast<char>(payload[i] ^ mask[i % 4]));
    }
    return stream_->write(frame);
}

std::optional<std::string> WebSocketClient::take_frame(std::uint8_t& opcode) {
    if (buffer_.size() < 2) return std::nullopt;
    opcode = static_cast<std::uint8_t>(buffer_[0]) & 0x0f;
    std::uint64_t size = static_cast<std::uint8_t>(buffer_[1]) & 0x7f;
    std::size_t at = 2;
    const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (more > 0) {
        if (buffer_.size() < at + more) return std::nullopt;
        size = big_endian(std::string_view(buffer_).substr(at, more));
        at += more;
    }
    if (buffer_.size() < at + size) return std::nullopt;
    std::string payload = buffer_.substr(at, size);
    buffer_.erase(0, at + size);
    return payload;
}

std::optional<std::string> WebSocketClient::receive(std::chrono::milliseconds patience) {
    const auto deadline = Clock::now() + patience;
    while (open_) {
        std::uint8_t opcode = 0;
        auto payload = take_frame(opcode);
        if (!payload) {
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
            if (left.count() <= 0) return std::nullopt;
            stream_->set_patience(left);
            if (!fill() && !stream_->timed_out()) open_ = false;
            continue;
        }
        if (opcode == kText) return payload;
        if (opcode == kPing) (void)send_frame(kFinal | kPong, *payload);
        if (opcode == kClose) {
            const std::string code = payload->substr(0, 2);
            close_code_ = static_cast<std::uint16_t>(code.size() < 2 ? 1005 : big_endian(code));
            (void)send_frame(kFinal | kClose, code);
            open_ = false;
        }
    }
    return std::nullopt;
}

json::value WebSocketClient::receive_type(std::string_view type,
                                          std::chrono::milliseconds patience) {
    const auto deadline = Clock::now() + patience;
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        const auto text = receive(left);
        if (!text) return nullptr;
        json::value frame = json::parse(*text);
        if (frame.as_object().at("type").as_string() == type) return frame;
    }
}

}  // namespace syncwatch::harness
