#include "segments/download.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace syncwatch::bench {

Download::Download(const sockaddr_in& server, SSL_CTX* tls, std::span<const std::string> paths,
                   std::size_t first)
    : paths_(paths), next_(first), fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&server), sizeof(server)) != 0) {
        throw std::system_error(errno, std::generic_category(), "connect");
    }
    if (tls != nullptr) {
        ssl_.reset(SSL_new(tls));
        SSL_set_fd(ssl_.get(), fd_);
        if (SSL_connect(ssl_.get()) != 1) throw std::runtime_error("the TLS handshake failed");
    }
    ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
}

Download::~Download() {
    // Leaves no TIME_WAIT behind, so that runs can follow each other.
    const linger reset{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    ::close(fd_);
}

void Download::ask() {
    const std::string request =
        fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", paths_[next_++ % paths_.size()]);
    const auto size = static_cast<int>(request.size());
    const auto sent = ssl_ ? SSL_write(ssl_.get(), request.data(), size)
                           : static_cast<int>(::send(fd_, request.data(), request.size(), 0));
    if (sent != size) throw std::runtime_error("a request could not be sent");
}

std::size_t Download::read(std::span<char> buffer, bool drop) {
    if (ssl_) {
        const int got = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
        if (got > 0) return static_cast<std::size_t>(got);
        if (SSL_get_error(ssl_.get(), got) == SSL_ERROR_WANT_READ) return 0;
        throw std::runtime_error("the TLS connection broke");
    }
    const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), drop ? MSG_TRUNC : 0);
    if (got > 0) return static_cast<std::size_t>(got);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    throw std::runtime_error("the server closed a connection");
}

void Download::on_readable(std::span<char> buffer, Fetched& fetched) {
    // OpenSSL may hold decrypted bytes that no socket tells of: read until there is nothing.
    for (;;) {
        const bool drop = in_body_ && !ssl_;
        const std::size_t most =
            drop ? std::min<std::uint64_t>(left_, buffer.size()) : buffer.size();
        const std::size_t got = read(buffer.first(most), drop);
        if (got == 0) return;
        take({buffer.data(), got}, fetched);
        if (drop && in_body_) return;  // Others have their turn.
    }
}

void Download::take(std::string_view bytes, Fetched& fetched) {
    while (!bytes.empty()) {
        if (!in_body_) {
            const std::size_t searched = head_.size() < 3 ? 0 : head_.size() - 3;
            head_ += bytes;
            const std::size_t end = head_.find("\r\n\r\n", searched);
            if (end == std::string::npos) return;
            bytes.remove_prefix(bytes.size() - (head_.size() - end - 4));
            head_.resize(end + 2);
            on_head(head_);
            head_.clear();
            in_body_ = true;
        }
        const std::size_t part = std::min<std::uint64_t>(left_, bytes.size());
        fetched.bytes += part;
        left_ -= part;
        bytes.remove_prefix(part);
        if (left_ > 0) return;
        ++fetched.answers;
        in_body_ = false;
        ask();
    }
}

void Download::on_head(std::string_view head) {
    if (!head.starts_with("HTTP/1.1 200")) {
        throw std::runtime_error(
            fmt::format("it was answered {}", head.substr(0, head.find('\r'))));
    }
    constexpr std::string_view kLength = "\r\nContent-Length: ";
    const std::size_t at = head.find(kLength);
    if (at == std::string_view::npos) throw std::runtime_error("an answer says no length");
    std::from_chars(head.data() + at + kLength.size(), head.data() + head.size(), left_);
}

}  // namespace syncwatch::bench
