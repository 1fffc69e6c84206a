#include "gateway/stream/tls_stream.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace syncwatch {
namespace {

/// A TLS record holds this much; a write of more is cut into several anyway.
constexpr std::size_t kRecord = SSL3_RT_MAX_PLAIN_LENGTH;

/// For whoever speaks plain HTTP to this port: a word instead of a closed door.
constexpr std::string_view kSpeakTls =
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n"
    "Content-Length: 25\r\n\r\nThis port speaks HTTPS.\r\n";

class TlsStream final : public Stream {
public:
    TlsStream(SSL* ssl, int fd) : ssl_(ssl), fd_(fd) {}

    Moved handshake() override {
        ERR_clear_error();
        const int done = SSL_do_handshake(ssl_.get());
        if (done != 1 && ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST) {
            (void)::send(fd_, kSpeakTls.data(), kSpeakTls.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        }
        return moved(done, 0);
    }

    Moved read_some(std::span<char> buffer) override {
        ERR_clear_error();
        std::size_t got = 0;
        const int done = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &got);
        return moved(done, got);
    }

    Moved write_some(std::span<const char> bytes, bool) override {
        ERR_clear_error();
        std::size_t sent = 0;
        const int done = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent);
        const Moved result = moved(done, sent);
        const bool waits = result.state == Moved::State::WantWrite;
        committed_ = waits ? std::min(bytes.size(), kRecord) : 0;
        return result;
    }

    Moved write_pieces(std::span<const iovec> pieces) override {
        static thread_local std::array<char, kRecord> record;
        if (pieces.size() == 1) {
            return write_some({static_cast<const char*>(pieces[0].iov_base), pieces[0].iov_len},
                              false);
        }
        std::size_t size = 0;
        for (const iovec& piece : pieces) {
            const std::size_t part = std::min(piece.iov_len, record.size() - size);
            std::memcpy(record.data() + size, piece.iov_base, part);
            size += part;
        }
        return write_some({record.data(), size}, false);
    }

    Moved send_file(int file, std::uint64_t offset, std::size_t size) override {
        static thread_local std::array<char, kRecord> record;
        Moved whole;
        while (whole.bytes < std::min(size, kMaxPerCall)) {
            const std::size_t wanted = std::min(record.size(), size - whole.bytes);
            const ssize_t got =
                ::pread(file, record.data(), wanted, static_cast<off_t>(offset + whole.bytes));
            if (got <= 0) return {Moved::State::Closed, 0};
            const Moved part = write_some({record.data(), static_cast<std::size_t>(got)}, false);
            whole.bytes += part.bytes;
            whole.state = part.state;
            if (part.state != Moved::State::Done) break;
        }
        return whole;
    }

    std::size_t committed() const override { return committed_; }
    bool is_tls() const override { return true; }

    void say_goodbye() override {
        if (broken_ || SSL_in_init(ssl_.get()) != 0) return;
        ERR_clear_error();
        (void)SSL_shutdown(ssl_.get());
        broken_ = true;
    }

private:
    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };

    Moved moved(int done, std::size_t bytes) {
        if (done == 1) return {Moved::State::Done, bytes};
        switch (SSL_get_error(ssl_.get(), done)) {
            case SSL_ERROR_WANT_READ: return {Moved::State::WantRead, 0};
            case SSL_ERROR_WANT_WRITE: return {Moved::State::WantWrite, 0};
            case SSL_ERROR_ZERO_RETURN: return {Moved::State::Closed, 0};
            // After these nothing more may be asked of the connection.
            default: broken_ = true; return {Moved::State::Closed, 0};
        }
    }

    std::unique_ptr<SSL, Free> ssl_;
    const int fd_;
    std::size_t committed_ = 0;
    bool broken_ = false;
};

}  // namespace

std::unique_ptr<Stream> make_tls_stream(SSL* ssl, int fd) {
    return std::make_unique<TlsStream>(ssl, fd);
}

}  // namespace syncwatch
