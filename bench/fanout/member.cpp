#include "fanout/member.h"

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fanout/frames.h"
#include "load/instant.h"

namespace syncwatch::bench {
namespace {

constexpr std::string_view kHello = R"({"type":"hello","protocol":1})";

/// The string behind `"name":"` in a JSON text whose strings hold no escapes.
std::string_view text_field(std::string_view json, std::string_view name) {
    const std::string label = fmt::format(R"("{}":")", name);
    const std::size_t at = json.find(label);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = json.substr(at + label.size());
    return rest.substr(0, rest.find('"'));
}

std::size_t content_length(std::string_view head) {
    for (const std::string_view label : {"\r\nContent-Length: ", "\r\ncontent-length: "}) {
        const std::size_t at = head.find(label);
        if (at == std::string_view::npos) continue;
        std::size_t length = 0;
        std::from_chars(head.data() + at + label.size(), head.data() + head.size(), length);
        return length;
    }
    return 0;
}

}  // namespace

Member::~Member() {
    if (fd_ < 0) return;
    // Leaves no TIME_WAIT behind, so that runs can follow each other.
    const linger reset{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    ::close(fd_);
}

void Member::start(int epoll, const Target& target) {
    epoll_ = epoll;
    is_product_ = target.is_product;
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "socket");
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    const auto* address = reinterpret_cast<const sockaddr*>(&target.address);
    if (::connect(fd_, address, sizeof(target.address)) != 0 && errno != EINPROGRESS) {
        throw std::system_error(errno, std::generic_category(), "connect");
    }
    watch(EPOLLIN | EPOLLOUT, EPOLL_CTL_ADD);
}

void Member::watch(std::uint32_t events, int operation) {
    waits_to_write_ = (events & EPOLLOUT) != 0;
    epoll_event event{};
    event.events = events;
    event.data.ptr = this;
    ::epoll_ctl(epoll_, operation, fd_, &event);
}

void Member::on_events(std::uint32_t events, std::span<char> buffer, MemberListener& listener) {
    if (state_ == State::Connecting && (events & EPOLLOUT) != 0) {
        watch(EPOLLIN, EPOLL_CTL_MOD);
        if (is_product_) {
            state_ = State::Guest;
            request("POST /api/v1/auth/guest", {},
                    fmt::format(R"({{"display_name":"Member {}"}})", number_));
        } else {
            upgrade("/" + room_);
        }
    } else if ((events & EPOLLOUT) != 0) {
        flush();
    }
    if ((events & ~std::uint32_t{EPOLLOUT}) != 0 && !is_closed()) {
        const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got <= 0) {
            end(why_closed_.empty() ? "the server left" : why_closed_);
        } else if (in_.empty() && state_ >= State::Welcome) {
            take_frames(buffer.data(), static_cast<std::size_t>(got), listener);
        } else {
            in_.append(buffer.data(), static_cast<std::size_t>(got));
            while (state_ < State::Welcome && take_answer()) {
            }
            if (state_ == State::Ready || state_ == State::Welcome) {
                std::string whole = std::exchange(in_, {});
                take_frames(whole.data(), whole.size(), listener);
            }
        }
    }
    if (is_closed()) listener.on_closed(*this, why_closed_);
}

void Member::write(std::string_view bytes) {
    out_ += bytes;
    if (!waits_to_write_) flush();
}

void Member::flush() {
    while (!out_.empty()) {
        const ssize_t sent = ::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            if (!waits_to_write_) watch(EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
            return;
        }
        if (sent < 0) return;  // Reading will say why.
        out_.erase(0, static_cast<std::size_t>(sent));
    }
    if (waits_to_write_) watch(EPOLLIN, EPOLL_CTL_MOD);
}

void Member::request(std::string_view line, std::string_view more_fields, std::string_view body) {
    write(
        fmt::format("{} HTTP/1.1\r\nHost: localhost\r\n{}Content-Type: application/json\r\n"
                    "Content-Length: {}\r\n\r\n{}",
                    line, more_fields, body.size(), body));
}

void Member::upgrade(std::string_view path) {
    state_ = State::Upgrade;
    write(
        fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: syncwatch.v1\r\n\r\n",
                    path));
}

/// Takes one whole HTTP answer off what came. False: there is none.
bool Member::take_answer() {
    const std::size_t end_of_head = in_.find("\r\n\r\n");
    if (end_of_head == std::string::npos) return false;
    const std::size_t body = end_of_head + 4;
    const std::size_t length = content_length(std::string_view(in_).substr(0, body));
    if (in_.size() < body + length) return false;
    const int status = std::atoi(in_.c_str() + 9);
    const std::string answer = in_.substr(body, length);
    in_.erase(0, body + length);
    on_answer(status, answer);
    return true;
}

void Member::on_answer(int status, std::string_view body) {
    if (state_ == State::Guest && status == 201) {
        token_ = text_field(body, "token");
        state_ = State::Join;
        return request("POST /api/v1/rooms/" + room_ + "/join",
                       "Authorization: Bearer " + token_ + "\r\n", "{}");
    }
    if (state_ == State::Join && status == 200) {
        return upgrade(text_field(body, "ws"));
    }
    if (state_ == State::Upgrade && status == 101) {
        state_ = State::Welcome;
        if (is_product_) write(client_frame(kHello));
        return;
    }
    end(fmt::format("it was answered {} {}", status, body));
}

void Member::take_frames(char* data, std::size_t size, MemberListener& listener) {
    if (state_ == State::Welcome && !is_product_) {
        state_ = State::Ready;
        listener.on_ready(*this);
    }
    while (const auto frame = take_frame(data, size)) {
        if (frame->opcode == kText) {
            on_frame(frame->payload, listener);
        } else if (frame->opcode == kPing) {
            write(client_frame(frame->payload, kPong));
        } else if (frame->opcode == kClose) {
            const auto byte = [&](std::size_t i) {
                return static_cast<std::uint8_t>(frame->payload[i]);
            };
            const int code = frame->payload.size() < 2 ? 1005 : byte(0) << 8 | byte(1);
            return end(fmt::format("closed with {}", code));
        }
    }
    in_.assign(data, size);
}

void Member::on_frame(std::string_view payload, MemberListener& listener) {
    if (state_ == State::Ready) return listener.on_frame(*this, payload, now_ns());
    if (!payload.starts_with(R"({"type":"welcome")")) return;
    state_ = State::Ready;
    listener.on_ready(*this);
}

void Member::say(std::string_view payload) {
    write(client_frame(payload));
}

void Member::stall() {
    // What is missed shall wait in the server, not in our kernel.
    const int least = 0;
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least));
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd_, nullptr);
}

void Member::end(std::string why) {
    why_closed_ = std::move(why);
    state_ = State::Closed;
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd_, nullptr);
}

}  // namespace syncwatch::bench
