#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <sys/socket.h>

namespace syncwatch {

/// A WebSocket client of a test's own: blocking, with a time limit on every read, and able to send
/// what a browser would not.
class SocketClient {
public:
    struct Frame {
        int opcode = 0;
        std::string payload;
        /// Of a close frame.
        int close_code() const {
            if (opcode != 8 || payload.size() < 2) return 0;
            return static_cast<unsigned char>(payload[0]) << 8 |
                   static_cast<unsigned char>(payload[1]);
        }
    };

    explicit SocketClient(std::uint16_t port) {
        socket_.connect({boost::asio::ip::address_v4::loopback(), port});
        const timeval limit{5, 0};
        ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    }

    /// The status of the answer; its head and the beginning of what follows are in head().
    int upgrade(const std::string& target, const std::string& protocol = "syncwatch.v1") {
        std::string request = "GET " + target +
                              " HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n"
                              "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        if (!protocol.empty()) request += "Sec-WebSocket-Protocol: " + protocol + "\r\n";
        send_bytes(request + "\r\n");
        while (read_.find("\r\n\r\n") == std::string::npos && more()) {
        }
        const std::size_t end = read_.find("\r\n\r\n");
        if (end == std::string::npos) return 0;
        head_ = read_.substr(0, end);
        read_.erase(0, end + 4);
        return std::stoi(head_.substr(9, 3));
    }
    const std::string& head() const { return head_; }
    /// What came behind the head of a refusal.
    std::string body() {
        while (more()) {
        }
        return read_;
    }

    void send_bytes(std::string_view bytes) {
        boost::system::error_code ignored;
        boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
    }
    static std::string frame(int opcode, std::string_view payload, bool final = true) {
        std::string out(1, static_cast<char>((final ? 0x80 : 0) | opcode));
        if (payload.size() < 126) {
            out.push_back(static_cast<char>(0x80 | payload.size()));
        } else if (payload.size() <= 0xffff) {
            out.push_back(static_cast<char>(0x80 | 126));
            out.push_back(static_cast<char>(payload.size() >> 8));
            out.push_back(static_cast<char>(payload.size() & 0xff));
        } else {
            out.push_back(static_cast<char>(0x80 | 127));
            for (int shift = 56; shift >= 0; shift -= 8) {
                out.push_back(static_cast<char>(payload.size() >> shift & 0xff));
            }
        }
        const char mask[] = {'m', 'a', 's', 'k'};
        out.append(mask, 4);
        for (std::size_t i = 0; i < payload.size(); ++i) {
            out.push_back(static_cast<char>(payload[i] ^ mask[i % 4]));
        }
        return out;
    }
    void send_text(std::string_view text) { send_bytes(frame(1, text)); }

    /// The next frame; nullopt: the connection ended, or nothing came within five seconds.
    std::optional<Frame> next() {
        for (;;) {
            if (auto whole = take()) return whole;
            if (!more()) return std::nullopt;
        }
    }
    /// The next text frame whose type is `type`; others are passed by.
    std::string wait_for(const std::string& type) {
        while (const auto frame = next()) {
            if (frame->opcode == 1 && frame->payload.starts_with(R"({"type":")" + type + "\"")) {
                return frame->payload;
            }
        }
        return {};
    }
    /// The code of the close frame that comes; 0: none.
    int wait_for_close() {
        while (const auto frame = next()) {
            if (frame->opcode == 8) return frame->close_code();
        }
        return 0;
    }
    void leave() {
        boost::system::error_code ignored;
        socket_.close(ignored);
    }

private:
    bool more() {
        char buffer[65536];
        const ssize_t got = ::recv(socket_.native_handle(), buffer, sizeof(buffer), 0);
        if (got <= 0) return false;
        read_.append(buffer, static_cast<std::size_t>(got));
        return true;
    }
    std::optional<Frame> take() {
        if (read_.size() < 2) return std::nullopt;
        std::size_t size = static_cast<unsigned char>(read_[1]) & 0x7f;
        std::size_t head = 2;
        if (size >= 126) {
            const std::size_t extra = size == 126 ? 2 : 8;
            if (read_.size() < head + extra) return std::nullopt;
            size = 0;
            for (std::size_t i = 0; i < extra; ++i) {
                size = size << 8 | static_cast<unsigned char>(read_[head + i]);
            }
            head += extra;
        }
        if (read_.size() < head + size) return std::nullopt;
        Frame frame{read_[0] & 0x0f, read_.substr(head, size)};
        read_.erase(0, head + size);
        return frame;
    }

    std::unique_ptr<boost::asio::io_context> context_ =
        std::make_unique<boost::asio::io_context>(1);
    boost::asio::ip::tcp::socket socket_{*context_};
    std::string head_;
    std::string read_;
};

}  // namespace syncwatch
