#include "harness/client_stream.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace syncwatch::harness {

struct ClientStream::Tls {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL* ssl = nullptr;

    ~Tls() {
        SSL_free(ssl);
        SSL_CTX_free(context);
    }
};

ClientStream::ClientStream(const Options& options)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    std::signal(SIGPIPE, SIG_IGN);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(options.port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    set_patience(options.patience);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 0) {
        ::close(fd_);
        throw std::runtime_error("connect to port " + std::to_string(options.port));
    }
    if (!options.tls) return;
    tls_ = std::make_unique<Tls>();
    if (!options.authority_file.empty()) {
        SSL_CTX_load_verify_locations(tls_->context, options.authority_file.c_str(), nullptr);
        SSL_CTX_set_verify(tls_->context, SSL_VERIFY_PEER, nullptr);
    }
    tls_->ssl = SSL_new(tls_->context);
    SSL_set_fd(tls_->ssl, fd_);
    SSL_set_tlsext_host_name(tls_->ssl, "localhost");
    if (SSL_connect(tls_->ssl) != 1) {
        std::array<char, 256> why{};
        ERR_error_string_n(ERR_get_error(), why.data(), why.size());
        ::close(fd_);
        throw std::runtime_error(std::string("TLS handshake: ") + why.data());
    }
}

ClientStream::~ClientStream() {
    if (tls_) SSL_shutdown(tls_->ssl);
    ::close(fd_);
}

bool ClientStream::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto size = static_cast<int>(bytes.size());
        const ssize_t sent = tls_ ? SSL_write(tls_->ssl, bytes.data(), size)
                                  : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::string ClientStream::read() {
    std::string buffer(64 * 1024, '\0');
    const ssize_t got = tls_ ? SSL_read(tls_->ssl, buffer.data(), static_cast<int>(buffer.size()))
                             : ::recv(fd_, buffer.data(), buffer.size(), 0);
    timed_out_ = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    buffer.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return buffer;
}

void ClientStream::set_patience(std::chrono::milliseconds patience) {
    timeval span{};
    span.tv_sec = patience.count() / 1000;
    span.tv_usec = (patience.count() % 1000) * 1000;
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &span, sizeof(span));
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &span, sizeof(span));
}

void ClientStream::reset() {
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    ::shutdown(fd_, SHUT_RDWR);
}

}  // namespace syncwatch::harness
